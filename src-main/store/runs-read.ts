import type { WireError } from '#contract/errors.ts';
import type {
  DeviceRequest,
  DeviceInfo,
  PhaseProgress,
  RunRecord,
  RunSpec,
  RunStatus,
} from '#contract/run.ts';
import { parseColumn, parseNullable } from './json.ts';
import type { Sql, Statement } from './sql.ts';

/** A run with what only the core needs to know of it. */
export interface StoredRun {
  readonly record: RunRecord;
  readonly number: number;
  readonly cellHash: string;
  readonly superseded: boolean;
  readonly position: number;
  /** Points of the live curve, over all series. */
  readonly metricCount: number;
  readonly note: string;
  readonly favourite: boolean;
  readonly archived: boolean;
}

export interface RunQuery {
  readonly experiment?: string;
  readonly dataset?: string;
  readonly method?: string;
  readonly label?: string;
  readonly tag?: string;
  readonly statuses?: readonly RunStatus[];
  readonly superseded?: boolean;
  /** Exactly these runs, for `index`; they come oldest first. */
  readonly ids?: readonly string[];
  /** For `index`: newest first instead of oldest first. */
  readonly descending?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/** What runs are found and sorted by: no column that has to be parsed. */
export interface RunIndexRow {
  id: string;
  experiment: string;
  dataset: string;
  method: string;
  label: string;
  seed: number;
  status: RunStatus;
  priority: number;
  started_at: string | null;
  ended_at: string | null;
}

export interface RunRow {
  number: number;
  id: string;
  experiment: string;
  label: string;
  spec: string;
  spec_hash: string;
  cell_hash: string;
  protocol_hash: string;
  status: RunStatus;
  priority: number;
  position: number;
  superseded: number;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  parent_run: string | null;
  parent_checkpoint: string | null;
  progress: string | null;
  device: string | null;
  weights_hash: string | null;
  error: string | null;
  metric_count: number;
  note: string;
  favourite: number;
  archived: number;
}

function toRecord(row: RunRow): RunRecord {
  const where = `run ${row.id}`;
  return {
    id: row.id,
    experiment: row.experiment,
    label: row.label,
    spec: parseColumn<RunSpec>(row.spec, where),
    specHash: row.spec_hash,
    protocolHash: row.protocol_hash,
    status: row.status,
    priority: row.priority,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    parent:
      row.parent_run === null || row.parent_checkpoint === null
        ? null
        : { run: row.parent_run, checkpoint: row.parent_checkpoint },
    progress: parseNullable<PhaseProgress>(row.progress, where),
    device: parseNullable<DeviceInfo>(row.device, where),
    weightsHash: row.weights_hash,
    error: parseNullable<WireError>(row.error, where),
  };
}

function toStored(row: RunRow): StoredRun {
  return {
    record: toRecord(row),
    number: row.number,
    cellHash: row.cell_hash,
    superseded: row.superseded !== 0,
    position: row.position,
    metricCount: row.metric_count,
    note: row.note,
    favourite: row.favourite !== 0,
    archived: row.archived !== 0,
  };
}

const conditions = `
  WHERE (:experiment IS NULL OR experiment = :experiment)
    AND (:dataset IS NULL OR dataset = :dataset)
    AND (:method IS NULL OR method = :method)
    AND (:label IS NULL OR label = :label)
    AND (:superseded = 1 OR superseded = 0)
    AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
    AND (:tag IS NULL OR EXISTS (SELECT 1 FROM tags WHERE tags.run = runs.id AND tag = :tag))`;
const oldestFirst = 'ORDER BY number LIMIT :limit OFFSET :offset';
const newestFirst = 'ORDER BY number DESC LIMIT :limit OFFSET :offset';
const indexColumns =
  'id, experiment, dataset, method, label, seed, status, priority, started_at, ended_at';
// Looked up one by one: a list of runs that changed must not read the table.
const namedRuns = '(SELECT value AS named FROM json_each(:ids)) CROSS JOIN runs ON runs.id = named';

const parametersOf = (query: RunQuery) => ({
  experiment: query.experiment ?? null,
  dataset: query.dataset ?? null,
  method: query.method ?? null,
  label: query.label ?? null,
  tag: query.tag ?? null,
  superseded: query.superseded === true ? 1 : 0,
  statuses: query.statuses === undefined ? null : JSON.stringify(query.statuses),
});

const pageOf = (query: RunQuery) => ({
  ...parametersOf(query),
  limit: query.limit ?? -1,
  offset: query.offset ?? 0,
});

/** Runs for reading. */
export class RunReads {
  readonly #byId: Statement<RunRow>;
  readonly #byPrefix: Statement<{ id: string }>;
  readonly #list: Statement<RunRow>;
  readonly #index: Statement<RunIndexRow>;
  readonly #newest: Statement<RunIndexRow>;
  readonly #named: Statement<RunIndexRow>;
  readonly #total: Statement<{ total: number }>;
  readonly #queued: Statement<RunRow>;
  readonly #queuedOn: Statement<RunRow>;
  readonly #underWay: Statement<{ id: string }>;
  readonly #counts: Statement<{ status: RunStatus; count: number }>;
  readonly #tags: Statement<{ tag: string }>;
  readonly #tagsOf: Statement<{ run: string; tag: string }>;

  constructor(sql: Sql) {
    this.#byId = sql.statement('runs.byId', 'SELECT * FROM runs WHERE id = ?');
    this.#byPrefix = sql.statement(
      'runs.byPrefix',
      'SELECT id FROM runs WHERE id >= :prefix AND substr(id, 1, length(:prefix)) = :prefix ORDER BY id LIMIT 10',
    );
    this.#list = sql.statement('runs.list', `SELECT * FROM runs ${conditions} ${oldestFirst}`);
    const index = (from: string, order: string): string =>
      `SELECT ${indexColumns} FROM ${from} ${conditions} ${order}`;
    this.#index = sql.statement('runs.index', index('runs', oldestFirst));
    this.#newest = sql.statement('runs.newest', index('runs', newestFirst));
    this.#named = sql.statement('runs.named', index(namedRuns, oldestFirst));
    this.#total = sql.statement('runs.total', `SELECT count(*) AS total FROM runs ${conditions}`);
    this.#queued = sql.statement(
      'runs.queued',
      `SELECT * FROM runs WHERE status = 'queued'
       ORDER BY priority DESC, position, number LIMIT :limit`,
    );
    this.#queuedOn = sql.statement(
      'runs.queuedOn',
      `SELECT * FROM runs
       WHERE status = 'queued'
         AND json_extract(spec, '$.compute.device') IN (SELECT value FROM json_each(:devices))
       ORDER BY priority DESC, position, number LIMIT :limit`,
    );
    this.#underWay = sql.statement(
      'runs.underWay',
      "SELECT id FROM runs WHERE status IN ('running', 'pausing')",
    );
    this.#counts = sql.statement(
      'runs.counts',
      'SELECT status, count(*) AS count FROM runs WHERE experiment = ? AND superseded = 0 GROUP BY status',
    );
    this.#tagsOf = sql.statement(
      'runs.tagsOf',
      'SELECT run, tag FROM json_each(:ids) AS named CROSS JOIN tags ON run = named.value ORDER BY run, tag',
    );
    this.#tags = sql.statement('runs.tags', 'SELECT tag FROM tags WHERE run = ? ORDER BY tag');
  }

  get(id: string): StoredRun | null {
    const row = this.#byId.get([id]);
    return row === undefined ? null : toStored(row);
  }

  /** At most ten ids that begin like this. */
  withPrefix(prefix: string): string[] {
    return this.#byPrefix.all({ prefix }).map((row) => row.id);
  }

  list(query: RunQuery): StoredRun[] {
    return this.#list.all(pageOf(query)).map(toStored);
  }

  /** As `list`, without what makes a run large. */
  index(query: RunQuery): RunIndexRow[] {
    const { ids, descending = false } = query;
    if (ids !== undefined) {
      return this.#named.all({ ...pageOf(query), ids: JSON.stringify(ids) });
    }
    return (descending ? this.#newest : this.#index).all(pageOf(query));
  }

  /** How many there are, whatever the limit. */
  total(query: Omit<RunQuery, 'ids'>): number {
    return this.#total.get(parametersOf(query))?.total ?? 0;
  }

  /** The first `limit` in the order in which they are to start; all without a limit. */
  queued(limit = -1): StoredRun[] {
    return this.#queued.all({ limit }).map(toStored);
  }

  /** The first `limit` of those that ask for one of these devices, in the same order. */
  queuedOn(devices: readonly DeviceRequest['device'][], limit: number): StoredRun[] {
    return this.#queuedOn.all({ devices: JSON.stringify(devices), limit }).map(toStored);
  }

  /** Ids of runs that are said to have a host. */
  underWay(): string[] {
    return this.#underWay.all().map((row) => row.id);
  }

  countsByStatus(experiment: string): Partial<Record<RunStatus, number>> {
    const rows = this.#counts.all([experiment]);
    return Object.fromEntries(rows.map((row) => [row.status, row.count]));
  }

  /** Tags by run, for those that have any. */
  tagsOf(ids: readonly string[]): ReadonlyMap<string, string[]> {
    const found = new Map<string, string[]>();
    for (const { run, tag } of this.#tagsOf.all({ ids: JSON.stringify(ids) })) {
      found.set(run, [...(found.get(run) ?? []), tag]);
    }
    return found;
  }

  tags(id: string): string[] {
    return this.#tags.all([id]).map((row) => row.tag);
  }
}
