import { resolve } from 'node:path';
import type { RouterInputs } from '#contract/router.ts';
import { OffrecError } from '#contract/errors.ts';
import { withClient } from '../client.ts';
import { parseSettings } from '../settings.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { manifestText } from './datasets.ts';
import { runJob } from './job.ts';

type ImportRequest = RouterInputs['datasets']['import'];

interface ImportOptions extends GlobalOptions {
  readonly name: string;
  readonly replace?: boolean;
  readonly set?: readonly string[];
}

/** `offrec datasets import coat FOLDER`. */
export function importCoat(
  terminal: Terminal,
  options: ImportOptions & { readonly groundTruth?: string },
  source: string,
): Promise<void> {
  const { groundTruth } = options;
  const settings = groundTruth === undefined ? {} : { groundTruth: resolve(groundTruth) };
  return importAs(terminal, options, { kind: 'coat', source: resolve(source), options: settings });
}

/** `offrec datasets import log FILE`. */
export function importLog(
  terminal: Terminal,
  options: ImportOptions & { readonly map?: readonly string[] },
  source: string,
): Promise<void> {
  const map = options.map === undefined ? {} : { map: parseMap(options.map) };
  const settings = { ...parseSettings(options.set), ...map };
  return importAs(terminal, options, { kind: 'log', source: resolve(source), options: settings });
}

/** `offrec datasets import synthetic`. */
export function importSynthetic(
  terminal: Terminal,
  options: ImportOptions & { readonly preset?: string },
): Promise<void> {
  const preset = options.preset === undefined ? {} : { preset: options.preset };
  const settings = { ...preset, ...parseSettings(options.set) };
  return importAs(terminal, options, { kind: 'synthetic', options: settings });
}

function importAs(
  terminal: Terminal,
  { name, replace = false }: ImportOptions,
  request: Omit<ImportRequest, 'name' | 'replace'>,
): Promise<void> {
  return withClient(terminal, async (client) => {
    await runJob(terminal, client, name, () =>
      client.datasets.import({ ...request, name, replace }),
    );
    const manifest = await client.datasets.show({ name });
    terminal.answer(manifest, () => manifestText(manifest));
  });
}

/** `user=uid,item=video` as a map from fields to columns. */
function parseMap(pairs: readonly string[]): Record<string, string> {
  const map = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const field = pair.slice(0, at).trim();
    const column = pair.slice(at + 1).trim();
    if (at < 1 || field === '' || column === '' || map.has(field)) {
      throw new OffrecError('usage', `'${pair}' maps no column, or one twice.`, {
        where: '--map',
        hint: 'Write --map user=COLUMN,item=COLUMN,reward=COLUMN with names as in the file.',
      });
    }
    map.set(field, column);
  }
  return Object.fromEntries(map);
}
