import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { countSchema } from '../fields.ts';
import { route } from '../route.ts';

/** What changed since a cursor. Ask for the new content; what is not named here has not changed. */
export const changeSchema = z.object({
  /** Give it to `watch` to go on from here after a reconnect. */
  cursor: countSchema,
  /** Runs whose record changed: status, progress, device, priority, tags, note. */
  runs: z.array(z.string()).readonly(),
  /** Series that grew or were cut: `count` live points now. */
  series: z.array(z.object({ run: z.string(), metric: z.string(), count: countSchema })).readonly(),
  /** Runs that have new log lines. */
  logs: z.array(z.string()).readonly(),
  /** Lists to read again. */
  topics: z
    .array(z.enum(['experiments', 'datasets', 'queue', 'references', 'settings', 'saved']))
    .readonly(),
});
export type Change = z.infer<typeof changeSchema>;

export const changesRoutes = {
  /**
   * Every change after the cursor, at most five a second; a client that reads slowly gets several in one.
   * A cursor from another data folder is `invalid-input`: say hello again and read everything.
   */
  watch: route.input(z.object({ cursor: countSchema })).output(eventIterator(changeSchema)),
};
