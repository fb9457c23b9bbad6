/** What the services offer to the doors; `api/` holds one file a noun. Values that cross the border have their types from the contract. */
export type * from './api/checkpoints.ts';
export type * from './api/datasets.ts';
export type * from './api/experiments.ts';
export type * from './api/jobs.ts';
export type * from './api/methods.ts';
export type * from './api/notices.ts';
export type * from './api/queue.ts';
export type * from './api/runs.ts';
export type * from './api/setup.ts';
export type * from './api/tables.ts';
