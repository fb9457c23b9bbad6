import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startServer, type RunningServer } from '../serve/server.ts';
import { withCore } from './client.ts';
import type { Terminal } from './terminal.ts';
import { offrecVersion } from './version.ts';

export interface ServingOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly names: readonly string[];
  /** Most runs at once. */
  readonly jobs: number | undefined;
  /** Folders that pages may look through; default: the user's own. */
  readonly browse?: readonly string[] | undefined;
}

const pageFolder = fileURLToPath(new URL('../../../out/renderer', import.meta.url));

/** Opens the core and lets browsers in until the signal. Runs that are under way pause at the end. */
export function serveUntil(
  terminal: Terminal,
  { host, port, names, jobs, browse, ...options }: ServingOptions,
  signal: AbortSignal,
  onServing: (server: RunningServer) => void,
): Promise<void> {
  const token =
    options.token ?? process.env['OFFREC_TOKEN'] ?? randomBytes(32).toString('base64url');
  const version = offrecVersion();
  return withCore(terminal, jobs === undefined ? {} : { concurrency: jobs }, async (core) => {
    for (const { level, message } of core.notices) terminal.say(`${level}: ${message}`);
    const server = await startServer(core, {
      host,
      port,
      token,
      names,
      pageFolder,
      version,
      ...(browse === undefined ? {} : { browse }),
    });
    try {
      await core.queue.serve();
      onServing(server);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await server.close();
    }
  });
}
