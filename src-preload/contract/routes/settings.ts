import { z } from 'zod';
import { route } from '../route.ts';

/** What belongs to a data folder and holds for everybody who uses it. Budget and order are the queue's. */
export const coreSettingsSchema = z.object({
  /** Seconds between the checkpoints that nobody asked for; for runs that start from now on. */
  checkpointEveryS: z.number().int().min(5).max(86_400).default(60),
  /** Queue a run again, once, after its process crashed. */
  autoResume: z.boolean().default(false),
  /** Copies of the database that the last process to close keeps. */
  backupsKept: z.number().int().min(1).max(100).default(3),
});
export type CoreSettings = z.infer<typeof coreSettingsSchema>;

const { checkpointEveryS, autoResume, backupsKept } = coreSettingsSchema.shape;

export const settingsRoutes = {
  get: route.output(coreSettingsSchema),
  /** Changes what is named; the rest stays. */
  set: route
    .input(
      z.object({
        checkpointEveryS: checkpointEveryS.removeDefault().optional(),
        autoResume: autoResume.removeDefault().optional(),
        backupsKept: backupsKept.removeDefault().optional(),
      }),
    )
    .output(coreSettingsSchema),
};
