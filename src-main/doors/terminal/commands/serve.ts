import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServer } from '../../serve/server.ts';
import { withCore } from '../core-access.ts';
import { listenForInterrupts } from '../interrupts.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';

export interface ServeOptions extends GlobalOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly name?: readonly string[];
  readonly jobs?: number;
}

const project = new URL('../../../../', import.meta.url);
const pageFolder = fileURLToPath(new URL('out/renderer', project));
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

function version(): string {
  const text = readFileSync(new URL('package.json', project), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}

/** `offrec serve`: the page for browsers, until Ctrl-C. Runs that are under way pause at the end. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<void> {
  using interrupts = listenForInterrupts(terminal, () =>
    terminal.say('Ending: runs write their checkpoints. Press Ctrl-C again to stop at once.'),
  );
  const { host, port, name = [], jobs } = options;
  const token =
    options.token ?? process.env['OFFREC_TOKEN'] ?? randomBytes(32).toString('base64url');
  await withCore(
    terminal,
    async (core) => {
      const server = await startServer(core, {
        host,
        port,
        token,
        names: name,
        pageFolder,
        version: version(),
      });
      try {
        await core.queue.serve();
        tell(terminal, server);
        if (!interrupts.signal.aborted) await once(interrupts.signal, 'abort');
      } finally {
        await server.close();
      }
    },
    jobs === undefined ? {} : { concurrency: jobs },
  );
}

function tell(terminal: Terminal, server: { url: string; host: string; port: number }): void {
  const { url, host, port } = server;
  terminal.answer({ event: 'serving', url, host, port }, () => `Open ${url}`);
  terminal.say('Whoever has this address may do everything. Ctrl-C ends the server.');
  if (loopback.test(host)) return;
  terminal.say('warning: the network sees what is sent. An SSH tunnel is safer: ssh -L.');
}
