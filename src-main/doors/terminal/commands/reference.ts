import { formatNumber } from '#report/format.ts';
import type { ReferenceScore } from '#contract/routes/datasets.ts';
import { withClient } from '../client.ts';
import { alignColumns } from '../columns.ts';
import { parseProtocol } from '../settings.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { runJob } from './job.ts';

interface ReferenceCommandOptions extends GlobalOptions {
  readonly protocol: string;
  readonly episodes?: number;
  readonly seed?: number;
}

/** `offrec reference DATASET`. */
export function scoreReference(
  terminal: Terminal,
  options: ReferenceCommandOptions,
  name: string,
): Promise<void> {
  const protocol = parseProtocol(options.protocol);
  const { episodes, seed } = options;
  return withClient(terminal, async (client) => {
    const request = {
      name,
      protocol,
      ...(episodes === undefined ? {} : { episodes }),
      ...(seed === undefined ? {} : { seed }),
    };
    const scores = await runJob(terminal, client, `reference policies on ${name}`, () =>
      client.datasets.reference(request),
    );
    const flat = scores.map(({ policy, title, measures }) => ({ policy, title, ...measures }));
    terminal.answer(flat, () => scoreText(scores));
  });
}

function scoreText(scores: readonly ReferenceScore[]): string {
  const measures = ['rTra', 'rEach', 'length', 'coverage', 'novelty', 'mcd'].filter((name) =>
    scores.some(({ measures }) => typeof measures[name] === 'number'),
  );
  const rows = scores.map(({ title, measures: of }) => [
    title,
    ...measures.map((name) => formatNumber(of[name] ?? Number.NaN, name === 'rTra' ? 2 : 3)),
    String(of['episodes'] ?? ''),
  ]);
  return alignColumns(['policy', ...measures, 'episodes'], rows);
}
