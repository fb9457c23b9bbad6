import type { RunRow } from '#contract/routes/runs.ts';
import type { RunStatus } from '#contract/run.ts';
import type { RunColumn } from '#renderer/lib/run-rows.ts';
import { protocolSchema } from '#contract/protocol.ts';

let made = 0;

interface RowParts {
  readonly label?: string;
  readonly dataset?: string;
  readonly seed?: number;
  readonly status?: RunStatus;
  readonly rTra?: number | null;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly archived?: boolean;
  readonly favourite?: boolean;
  readonly createdAt?: string;
}

/** A row of the table of runs as the core would send it. */
export function runRow(parts: RowParts): RunRow {
  const { label = 'DORL', dataset = 'coat', seed = 0, status = 'done', rTra = null } = parts;
  made += 1;
  const hash = '0'.repeat(64);
  return {
    id: made.toString(16).padStart(16, '0'),
    experiment: 'test',
    label,
    spec: {
      dataset,
      datasetChecksum: hash,
      method: label.toLowerCase(),
      config: { ...parts.config },
      seed,
      protocol: protocolSchema.parse({}),
      compute: { device: 'auto', threads: 1, xla: false },
    },
    specHash: hash,
    protocolHash: hash,
    status,
    priority: 0,
    createdAt: parts.createdAt ?? '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    parent: null,
    progress: null,
    device: null,
    weightsHash: null,
    error: null,
    tags: parts.tags ?? [],
    note: parts.note ?? '',
    favourite: parts.favourite ?? false,
    archived: parts.archived ?? false,
    lasts: rTra === null ? {} : { 'final/rTra': rTra },
  };
}

export function columnOf(columns: readonly RunColumn[], key: string): RunColumn {
  const column = columns.find((each) => each.key === key);
  if (column === undefined) throw new Error(`There is no column ${key}.`);
  return column;
}
