import type { JobOptions, Methods, ReferenceScore } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { queueDemo } from '#core/demo.ts';
import type { RouterInputs } from '#contract/router.ts';
import { datasetStatisticsSchema } from '#contract/routes/datasets.ts';
import type { ParsedExperiment } from '#core/experiment-file/experiment-file.ts';
import { withPlaces } from '#core/experiment-file/placing.ts';
import { unknownNames } from '#core/experiment-file/check-methods.ts';
import { present } from './answers.ts';
import { checkExperiment } from './experiment-check.ts';
import { jobEvents } from './streams.ts';
import type { RouteImplementer } from './implementer.ts';

/** Datasets. */
export function datasetHandlers(routes: RouteImplementer['datasets'], { datasets }: Core) {
  return {
    list: routes.list.handler(() => datasets.list()),
    show: routes.show.handler(({ input: { name } }) => ({
      ...datasets.show(name),
      folder: datasets.folder(name),
    })),
    statistics: routes.statistics.handler(({ input, signal }) =>
      jobEvents(signal, async (options: JobOptions) =>
        datasetStatisticsSchema.parse(await datasets.statistics(input.name, options)),
      ),
    ),
    import: routes.import.handler(({ input, signal }) =>
      jobEvents(signal, (options) => datasets.import(present(input), options)),
    ),
    guess: routes.guess.handler(({ input, signal }) =>
      jobEvents(signal, (options) =>
        datasets.guessMapping(input.file, input.options ?? {}, options),
      ),
    ),
    check: routes.check.handler(({ input, signal }) =>
      jobEvents(signal, (options) => datasets.checkLog(input.file, input.options ?? {}, options)),
    ),
    verify: routes.verify.handler(({ input, signal }) =>
      jobEvents(signal, (options) => datasets.verify(input.name, options)),
    ),
    keptScores: routes.keptScores.handler(({ input }) =>
      datasets
        .keptScores(input.name)
        .map(({ scores, ...of }) => ({ ...of, scores: scores.map(measuresByName) })),
    ),
    worlds: routes.worlds.handler(() => datasets.worlds()),
    previewWorld: routes.previewWorld.handler(({ input }) => datasets.previewWorld(input.settings)),
    remove: routes.remove.handler(async ({ input: { name, force = false } }) => {
      await datasets.remove(name, { force });
      return {};
    }),
    reference: routes.reference.handler(({ input: { name, protocol, ...given }, signal }) =>
      jobEvents(signal, async (options) => {
        const scores = await datasets.reference(name, protocol, { ...options, ...present(given) });
        return scores.map(measuresByName);
      }),
    ),
  };
}

function measuresByName({ policy, ...rest }: ReferenceScore) {
  const title = typeof rest['title'] === 'string' ? rest['title'] : policy;
  const measures = Object.entries(rest).filter((entry): entry is [string, number] => {
    return typeof entry[1] === 'number';
  });
  return {
    policy,
    title,
    measures: Object.fromEntries(
      measures.map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
    ),
  };
}

type FileText = Pick<
  RouterInputs['experiments']['create'],
  'text' | 'format' | 'filename' | 'overrides'
>;

export async function readFile(methods: Methods, given: FileText): Promise<ParsedExperiment> {
  // The reader of YAML is loaded by the first file, not by every start.
  const { parseExperimentFile } = await import('#core/experiment-file/experiment-file.ts');
  const filename = given.filename ?? `experiment.${given.format ?? 'yaml'}`;
  const parsed = parseExperimentFile(given.text, filename, given.overrides);
  parsed.refuse(await unknownNames(parsed.file, methods));
  return parsed;
}

/** Experiments: their files as text. */
export function experimentHandlers(routes: RouteImplementer['experiments'], core: Core) {
  const { experiments } = core;
  return {
    list: routes.list.handler(() => experiments.list()),
    show: routes.show.handler(({ input }) => experiments.show(input.name)),
    parse: routes.parse.handler(async ({ input }) => (await readFile(core.methods, input)).file),
    expand: routes.expand.handler(async ({ input }) => {
      const parsed = await readFile(core.methods, input);
      const plan = await withPlaces(parsed, () => experiments.plan(parsed.file));
      return {
        file: parsed.file,
        total: plan.length,
        existing: plan.filter(({ existing }) => existing !== null).length,
        runs: plan.slice(input.offset, input.offset + input.limit),
      };
    }),
    check: routes.check.handler(({ input: { limit, ...text } }) =>
      checkExperiment(core, () => readFile(core.methods, text), limit),
    ),
    demo: routes.demo.handler(({ input: { start }, signal }) =>
      jobEvents(signal, (options) => queueDemo(core, { ...options, start })),
    ),
    create: routes.create.handler(async ({ input: { again, requeue, ...text } }) => {
      const parsed = await readFile(core.methods, text);
      const options = present({ again, requeue });
      const created = await withPlaces(parsed, () => experiments.create(parsed.file, options));
      return { ...created, runs: created.runs.map(({ id }) => id) };
    }),
    remove: routes.remove.handler(async ({ input }) => {
      await experiments.remove(input.name);
      return {};
    }),
  };
}
