import { readdir, readFile } from 'node:fs/promises';
import { parsePublished, type Published } from '#report/published.ts';

const folder = new URL('../../../../resources/published/', import.meta.url);

/** Every file of published figures that comes with the program, by name. */
export async function readPublishedFiles(): Promise<Published[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => parsePublished(await readFile(new URL(name, folder), 'utf8'), name)),
  );
}
