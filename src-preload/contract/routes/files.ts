import { z } from 'zod';
import { countSchema, pathSchema } from '../fields.ts';
import { route } from '../route.ts';

export const fileEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'file']),
  /** 0 for folders. */
  bytes: countSchema,
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const listedFolderSchema = z.object({
  /** Null at the top, where the folders stand at which looking around begins. */
  folder: z.string().nullable(),
  /** Null for a folder at which looking around begins. */
  parent: z.string().nullable(),
  /** Folders first, each by name. */
  entries: z.array(fileEntrySchema).readonly(),
  /** Entries that were left out because there are too many. */
  leftOut: countSchema,
});
export type ListedFolder = z.infer<typeof listedFolderSchema>;

export const filesRoutes = {
  /**
   * What lies in a folder of the core's machine: names, kinds and sizes. `read-only` outside of the folders that may
   * be looked at, and where the process may not look.
   */
  list: route
    .input(z.object({ folder: pathSchema.optional(), hidden: z.boolean().default(false) }))
    .output(listedFolderSchema),
};
