import type { JobOptions, Methods, ReferenceScore } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { queueDemo } from '#core/demo.ts';
import type { RouterInputs } from '#contract/router.ts';
import { datasetStatisticsSchema } from '#contract/routes/datasets.ts';
import type { ParsedExperiment } from '#core/experiment-file/experiment-file.ts';
import { withPlaces } from '#core/experiment-file/placing.ts';
import { unknownNames } from '#core/experiment-file/check-methods.ts';
import { present } from './answers.ts';
import { jobEvents } from './streams.ts';
import type { RouteImplementer } from './implementer.ts';

/** Datasets: what takes long. */
function datasetJobHandlers(routes: RouteImplementer['datasets'], { datasets, jobs }: Core) {
  return {
    statistics: routes.statistics.handler(({ input, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'statistics', title: `Statistics of ${input.name}`, subject: input.name },
        async (options: JobOptions) =>
          datasetStatisticsSchema.parse(await datasets.statistics(input.name, options)),
      ),
    ),
    import: routes.import.handler(({ input, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'import', title: `Import of ${input.name}`, subject: input.name, lasting: true },
        (options) => datasets.import(present(input), options),
      ),
    ),
    guess: routes.guess.handler(({ input, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'guess', title: 'Look at the columns of a file', subject: input.file },
        (options) => datasets.guessMapping(input.file, input.options ?? {}, options),
      ),
    ),
    check: routes.check.handler(({ input, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'check-log', title: 'Check of a file', subject: input.file },
        (options) => datasets.checkLog(input.file, input.options ?? {}, options),
      ),
    ),
    verify: routes.verify.handler(({ input, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'verify-dataset', title: `Check of ${input.name}`, subject: input.name },
        (options) => datasets.verify(input.name, options),
      ),
    ),
    reference: routes.reference.handler(({ input: { name, protocol, ...given }, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'reference', title: `Reference scores on ${name}`, subject: name, lasting: true },
        async (options) => {
          const asked = { ...options, ...present(given) };
          return (await datasets.reference(name, protocol, asked)).map(measuresByName);
        },
      ),
    ),
  };
}

/** Datasets. */
export function datasetHandlers(routes: RouteImplementer['datasets'], core: Core) {
  const { datasets } = core;
  return {
    ...datasetJobHandlers(routes, core),
    list: routes.list.handler(() => datasets.list()),
    show: routes.show.handler(({ input: { name } }) => ({
      ...datasets.show(name),
      folder: datasets.folder(name),
    })),
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
    check: routes.check.handler(async ({ input: { limit, ...text } }) => {
      const { checkExperiment } = await import('./experiment-check.ts');
      return checkExperiment(core, () => readFile(core.methods, text), limit);
    }),
    demo: routes.demo.handler(({ input: { start }, signal }) =>
      jobEvents(
        core.jobs,
        signal,
        { kind: 'demo', title: 'World of the demo', lasting: true },
        (options) => queueDemo(core, { ...options, start }),
      ),
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
