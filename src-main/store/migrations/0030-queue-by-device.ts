import type { Migration } from './migration.ts';

/** Finds queued runs by the device that they ask for: while the GPU is taken, those that need none go on. */
export const queueByDevice: Migration = {
  version: 30,
  name: 'queue by device',
  sql: `
    CREATE INDEX runs_queued_device
      ON runs (json_extract(spec, '$.compute.device'), priority DESC, position, number)
      WHERE status = 'queued';
  `,
};
