import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '#setup/locations.mjs';

const built = join(projectFolder, process.env['OFFREC_TEST_OUT'] ?? 'out', 'main');
const entry = join(built, 'src-main', 'doors', 'electron', 'main.js');

/** Every module that a built file reaches, by the name under which it is imported. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
    if (name.startsWith('.')) reach(join(dirname(file), name), seen);
    else seen.add(name);
  }
  return seen;
}

it.skipIf(!existsSync(entry))('keeps native modules, SQL and training out of main', () => {
  const reached = [...reach(entry)];
  const packages = reached.filter((name) => !name.startsWith('/') && !name.startsWith('node:'));
  expect(packages).toContain('electron');
  const known = ['#setup/locations.mjs', 'electron', 'zod'];
  expect(packages.filter((name) => !known.includes(name))).toEqual([]);
  expect(reached.filter((name) => /\/(store|engine|hosts)\//.test(name))).toEqual([]);
});

it.skipIf(!existsSync(entry))('gives sandboxed pages one file that needs Electron only', () => {
  const preload = readFileSync(join(built, '..', 'preload', 'index.cjs'), 'utf8');
  const needed = [...preload.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name);
  expect(new Set(needed)).toEqual(new Set(['electron']));
});
