import type {
  ContractRouterClient,
  InferContractRouterInputs,
  InferContractRouterOutputs,
} from '@orpc/contract';
import { changesRoutes } from './routes/changes.ts';
import { checkpointsRoutes } from './routes/checkpoints.ts';
import { compareRoutes } from './routes/compare.ts';
import { databaseRoutes } from './routes/database.ts';
import { datasetsRoutes } from './routes/datasets.ts';
import { experimentsRoutes } from './routes/experiments.ts';
import { filesRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';
import { jobsRoutes } from './routes/jobs.ts';
import { methodsRoutes } from './routes/methods.ts';
import { queueRoutes } from './routes/queue.ts';
import { runsRoutes } from './routes/runs.ts';
import { savedRoutes } from './routes/saved.ts';
import { settingsRoutes } from './routes/settings.ts';
import { systemRoutes } from './routes/system.ts';
import { tablesRoutes } from './routes/tables.ts';

/** Everything that may cross the border between a front end and the core, by noun and verb. */
export const router = {
  system: systemRoutes,
  changes: changesRoutes,
  datasets: datasetsRoutes,
  experiments: experimentsRoutes,
  runs: runsRoutes,
  queue: queueRoutes,
  methods: methodsRoutes,
  tables: tablesRoutes,
  checkpoints: checkpointsRoutes,
  files: filesRoutes,
  compare: compareRoutes,
  settings: settingsRoutes,
  saved: savedRoutes,
  database: databaseRoutes,
  health: healthRoutes,
  jobs: jobsRoutes,
};

export type Router = typeof router;
/** What a front end holds: `client.runs.list({ limit: 50 })`. Failures are told by `fromRouterError`. */
export type RouterClient = ContractRouterClient<Router>;
export type RouterInputs = InferContractRouterInputs<Router>;
export type RouterOutputs = InferContractRouterOutputs<Router>;
