import { initial } from './0010-initial.ts';
import { timesAndMarks } from './0020-times-and-marks.ts';
import { queueByDevice } from './0030-queue-by-device.ts';
import { countedRuns } from './0040-counted-runs.ts';
import type { Migration } from './migration.ts';

/** Every step from an empty file to the present schema, in order. */
export const migrations: readonly Migration[] = [
  initial,
  timesAndMarks,
  queueByDevice,
  countedRuns,
];
