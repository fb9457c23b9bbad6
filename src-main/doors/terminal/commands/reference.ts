import { OffrecError } from '#contract/errors.ts';
import { experimentFileSchema, type ExperimentFile } from '#contract/experiment.ts';
import type { ReferenceScore } from '#core/api.ts';
import { formatNumber } from '#report/format.ts';
import { withCore } from '../core-access.ts';
import { alignColumns } from '../columns.ts';
import { formatPath } from '#core/experiment-file/path.ts';
import { problemsOf } from '#core/experiment-file/problems.ts';
import { parseSource } from '#core/experiment-file/source.ts';
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
  return withCore(terminal, async (core) => {
    const scores = await runJob(terminal, `reference policies on ${name}`, (job) =>
      core.datasets.reference(name, protocol, {
        ...job,
        ...(episodes === undefined ? {} : { episodes }),
        ...(seed === undefined ? {} : { seed }),
      }),
    );
    terminal.answer(scores, () => scoreText(scores));
  });
}

/** A preset's name, or a map of fields in YAML. */
function parseProtocol(text: string): ExperimentFile['protocol'] {
  const schema = experimentFileSchema.shape.protocol;
  const parsed = schema.safeParse(parseSource(text, '--protocol').value);
  if (parsed.success) return parsed.data;
  const [problem] = problemsOf(parsed.error, schema);
  const path = formatPath(problem?.path ?? []);
  throw new OffrecError('usage', problem?.message ?? 'This is no protocol.', {
    where: `--protocol ${path}`.trim(),
    hint:
      problem?.hint ?? 'Name a preset such as nx0, or fields such as {preset: nx0, maxLength: 10}.',
  });
}

function scoreText(scores: readonly ReferenceScore[]): string {
  const measures = ['rTra', 'rEach', 'length', 'coverage', 'novelty', 'mcd'].filter((name) =>
    scores.some((score) => typeof score[name] === 'number'),
  );
  const rows = scores.map((score) => [
    String(score['title'] ?? score.policy),
    ...measures.map((name) =>
      formatNumber(Number(score[name] ?? Number.NaN), name === 'rTra' ? 2 : 3),
    ),
    String(score['episodes'] ?? ''),
  ]);
  return alignColumns(['policy', ...measures, 'episodes'], rows);
}
