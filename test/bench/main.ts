import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, BenchEntry, BenchOptions } from './support/entry.ts';
import { formatTable } from './support/table.ts';

/**
 * `npm run bench [-- --json FILE] [--only NAME,NAME]`: runs every bench of this folder, prints a table and
 * writes it as JSON. NAME is the beginning of an entry's or a file's name.
 */
const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' } },
});

const folder = new URL('.', import.meta.url);
const only = values.only?.split(',').filter((part) => part !== '') ?? [];

function matches(name: string): boolean {
  return only.length === 0 || only.some((part) => name.startsWith(part));
}

async function loadBench(file: string): Promise<Bench> {
  const module = (await import(new URL(file, folder).href)) as Record<string, unknown>;
  const functions = Object.values(module).filter((value) => typeof value === 'function');
  if (functions.length !== 1) {
    throw new Error(`${file} exports ${functions.length} functions instead of its bench`);
  }
  return functions[0] as Bench;
}

function benchFiles(): string[] {
  const own = fileURLToPath(import.meta.url)
    .split('/')
    .at(-1);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== own)
    .toSorted();
}

async function main(): Promise<void> {
  const started = performance.now();
  const entries: BenchEntry[] = [];
  const failures: string[] = [];
  for (const file of benchFiles()) {
    const wholeFile = matches(file.replace(/\.ts$/, ''));
    const options: BenchOptions = {
      wanted: (name) => wholeFile || matches(name),
      progress: (line) => process.stderr.write(`${line}\n`),
    };
    try {
      const bench = await loadBench(file);
      // A bench that takes no options cannot leave anything out.
      if (bench.length === 0 && !wholeFile) continue;
      entries.push(...[await bench(options)].flat());
    } catch (error) {
      failures.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  process.stdout.write(formatTable(entries));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`${entries.length} entries in ${seconds} s\n`);
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(entries, null, 1)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

await main();
