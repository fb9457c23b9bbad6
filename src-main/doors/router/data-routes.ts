import type { JobOptions, ReferenceScore } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { datasetStatisticsSchema } from '#contract/routes/datasets.ts';
import { parseExperimentFile } from '#core/experiment-file/experiment-file.ts';
import { unknownNames } from '#core/experiment-file/check-methods.ts';
import { present } from './answers.ts';
import { jobEvents } from './streams.ts';
import type { RouteImplementer } from './implementer.ts';

/** Datasets. */
export function datasetHandlers(routes: RouteImplementer['datasets'], { datasets }: Core) {
  return {
    list: routes.list.handler(() => datasets.list()),
    show: routes.show.handler(({ input }) => datasets.show(input.name)),
    statistics: routes.statistics.handler(({ input, signal }) =>
      jobEvents(signal, async (options: JobOptions) =>
        datasetStatisticsSchema.parse(await datasets.statistics(input.name, options)),
      ),
    ),
    import: routes.import.handler(({ input, signal }) =>
      jobEvents(signal, (options) => datasets.import(present(input), options)),
    ),
    guess: routes.guess.handler(({ input, signal }) =>
      jobEvents(signal, (options) => datasets.guessMapping(input.file, options)),
    ),
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

async function readFile(core: Core, { text, format }: { text: string; format: 'yaml' | 'json' }) {
  const parsed = parseExperimentFile(text, `experiment.${format}`);
  parsed.refuse(await unknownNames(parsed.file, core.methods));
  return parsed.file;
}

/** Experiments: their files as text. */
export function experimentHandlers(routes: RouteImplementer['experiments'], core: Core) {
  const { experiments } = core;
  return {
    list: routes.list.handler(() => experiments.list()),
    show: routes.show.handler(({ input }) => experiments.show(input.name)),
    parse: routes.parse.handler(({ input }) => readFile(core, input)),
    expand: routes.expand.handler(async ({ input }) => {
      const file = await readFile(core, input);
      const plan = await experiments.plan(file);
      return {
        file,
        total: plan.length,
        existing: plan.filter(({ existing }) => existing !== null).length,
        runs: plan.slice(0, input.limit),
      };
    }),
    create: routes.create.handler(async ({ input: { again, requeue, ...text } }) => {
      const file = await readFile(core, text);
      const created = await experiments.create(file, present({ again, requeue }));
      return { ...created, runs: created.runs.map(({ id }) => id) };
    }),
    remove: routes.remove.handler(async ({ input }) => {
      await experiments.remove(input.name);
      return {};
    }),
  };
}
