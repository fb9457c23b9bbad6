import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Published } from '#contract/published.ts';
import { parsePublished } from '#report/published.ts';
import { projectFolder } from '#setup/locations.mjs';

const folder = join(projectFolder, 'resources', 'published');

/** Every file of published figures that comes with the program, by name. */
export async function readPublishedFiles(): Promise<Published[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => parsePublished(await readFile(join(folder, name), 'utf8'), name)),
  );
}
