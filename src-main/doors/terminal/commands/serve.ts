import { resolve } from 'node:path';
import { listenForInterrupts } from '../interrupts.ts';
import { serveUntil } from '../serving.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';

export interface ServeOptions extends GlobalOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly name?: readonly string[];
  readonly jobs?: number;
  /** False switches looking through folders off. */
  readonly browse?: readonly string[] | false;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** `offrec serve`: the page for browsers, until Ctrl-C. Runs that are under way pause at the end. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<void> {
  using interrupts = listenForInterrupts(terminal, () =>
    terminal.say('Ending: runs write their checkpoints. Press Ctrl-C again to stop at once.'),
  );
  const { host, port, name = [], token, jobs } = options;
  const browse = options.browse === false ? [] : options.browse?.map((folder) => resolve(folder));
  const serving = { host, port, token, names: name, jobs, browse };
  await serveUntil(terminal, serving, interrupts.signal, (server) => tell(terminal, server));
}

function tell(terminal: Terminal, server: { url: string; host: string; port: number }): void {
  const { url, host, port } = server;
  terminal.answer({ event: 'serving', url, host, port }, () => `Open ${url}`);
  terminal.say('Whoever has this address may do everything. Ctrl-C ends the server.');
  if (loopback.test(host)) return;
  terminal.say('warning: the network sees what is sent. An SSH tunnel is safer: ssh -L.');
}
