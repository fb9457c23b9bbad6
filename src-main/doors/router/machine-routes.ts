import type { Methods } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { OpenJobBook } from '#core/job-book.ts';
import { createMethods } from '#core/methods.ts';
import { readFile } from './data-routes.ts';
import { implementer, type RouteImplementer } from './implementer.ts';
import { jobHandlers } from './job-routes.ts';
import { jobEvents } from './streams.ts';

export const methodHandlers = (routes: RouteImplementer['methods'], methods: Methods) => ({
  list: routes.list.handler(() => methods.list()),
  show: routes.show.handler(({ input }) => methods.show(input.name)),
  experimentSchema: routes.experimentSchema.handler(() => methods.experimentSchema()),
});

/** Loaded when it is asked for: it knows the whole setup. */
const inspectAlone: Core['inspect'] = async (options) => {
  const { inspectMachine } = await import('#core/doctor.ts');
  return inspectMachine(options);
};

export const doctorHandler = (
  routes: RouteImplementer['system'],
  { jobs, inspect }: Pick<Core, 'jobs' | 'inspect'>,
) =>
  routes.doctor.handler(({ signal }) =>
    jobEvents(jobs, signal, { kind: 'doctor', title: 'Look over the installation' }, (options) =>
      inspect(options),
    ),
  );

const parseHandler = (routes: RouteImplementer['experiments'], methods: Methods) =>
  routes.parse.handler(async ({ input }) => (await readFile(methods, input)).file);

/** The part of the contract that needs no data folder. */
export function createMachineRouter() {
  const { experiments, methods: routes, system } = implementer;
  const methods = createMethods();
  const jobs = new OpenJobBook();
  return {
    jobs: jobHandlers(implementer.jobs, { jobs }),
    experiments: { parse: parseHandler(experiments, methods) },
    methods: methodHandlers(routes, methods),
    system: { doctor: doctorHandler(system, { jobs, inspect: inspectAlone }) },
  };
}
