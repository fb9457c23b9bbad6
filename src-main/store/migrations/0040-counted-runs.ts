import type { Migration } from './migration.ts';

/** Counts the runs that a filter lets through without reading their specifications. */
export const countedRuns: Migration = {
  version: 40,
  name: 'counted runs',
  sql: `
    CREATE INDEX runs_counted ON runs (superseded, experiment, dataset, method, label, status, id);
  `,
};
