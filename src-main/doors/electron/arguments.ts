import { parseArgs } from 'node:util';
import { z } from 'zod';
import { resolveHome } from '#core/home.ts';

const kindSchema = z.enum(['utility', 'node']);

export interface ApplicationArguments {
  readonly home: string;
  /** What the core's process is, and what its hosts are. */
  readonly core: 'utility' | 'node';
  readonly hosts: 'utility' | 'node';
}

/**
 * `--home FOLDER`, `--core node|utility`, `--hosts node|utility`, with OFFREC_HOME, OFFREC_CORE and OFFREC_HOSTS as
 * defaults. What else is on the command line is Electron's own.
 */
export function readArguments(
  given: readonly string[],
  environment: NodeJS.ProcessEnv,
): ApplicationArguments {
  const { values } = parseArgs({
    args: [...given],
    options: { home: { type: 'string' }, core: { type: 'string' }, hosts: { type: 'string' } },
    strict: false,
  });
  const home = typeof values.home === 'string' ? values.home : undefined;
  const kind = (value: unknown, variable: string): 'utility' | 'node' =>
    kindSchema.safeParse(value ?? environment[variable]).data ?? 'utility';
  return {
    home: resolveHome(home, environment),
    core: kind(values.core, 'OFFREC_CORE'),
    hosts: kind(values.hosts, 'OFFREC_HOSTS'),
  };
}
