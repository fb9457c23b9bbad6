import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import type { MethodDefinition } from './method.ts';

/** One folder of this folder is one method; its `index.ts` exports `method`. */
async function methodFolders(): Promise<string[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function load(folder: string): Promise<MethodDefinition> {
  // `.js` in the built application, whose folders are those of the sources.
  const entry = `./${folder}/index${extname(import.meta.filename)}`;
  const module = (await import(/* @vite-ignore */ entry)) as { method: MethodDefinition };
  return module.method;
}

/** All methods, by name. */
export async function listMethods(): Promise<MethodDefinition[]> {
  return Promise.all((await methodFolders()).map(load));
}

/** @throws OffrecError `not-found` with the known names */
export async function getMethod(name: string): Promise<MethodDefinition> {
  const folders = await methodFolders();
  if (folders.includes(name)) return load(name);
  throw new OffrecError('not-found', `there is no method ${name}`, {
    where: 'method',
    hint: `known methods: ${folders.join(', ')}`,
  });
}
