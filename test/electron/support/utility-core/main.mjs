/**
 * A main process that starts a core as the application does, as a utility process with a port for a window, and says
 * what came of it as one line of JSON.
 *
 *     electron main.mjs <folder of the built door>
 */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { app, MessageChannelMain } from 'electron';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [door = ''] = process.argv.slice(-1);

async function tryOut() {
  const { launchUtilityCore } = await import(
    pathToFileURL(join(door, 'launch', 'core-launchers.js')).href
  );
  const core = launchUtilityCore(join(import.meta.dirname, 'core.mjs'));
  /** @type {unknown[]} */
  const messages = [];
  core.onMessage((/** @type {unknown} */ message) => messages.push(message));
  core.onOutput((/** @type {string} */ text) => process.stderr.write(text));
  const exit = new Promise((resolve) => core.onExit(resolve));
  core.send({ type: 'start', home: door, version: '1.2.3', hosts: 'utility' });

  const { port1, port2 } = new MessageChannelMain();
  core.open({ kind: 'window' }, port2);
  const closed = new Promise((resolve) => port1.once('close', () => resolve(true)));
  /** @type {any} */
  const client = createORPCClient(new RPCLink({ port: port1 }));
  port1.start();
  const greeting = await client.system.hello({ contract: Number(process.env['CONTRACT']) });
  const changes = [];
  for await (const change of await client.changes.watch({ cursor: 0 })) {
    changes.push(change.cursor);
    if (changes.length === 3) break;
  }
  // What no page of ours sends costs the window its line and leaves the core alone.
  port1.postMessage('not a frame');
  const isClosed = await closed;
  core.kill('SIGKILL');
  return { greeting, changes, messages, isClosed, exit: await exit };
}

// Electron is ready only after this module: waiting for it here would be waiting for ever.
app
  .whenReady()
  .then(tryOut)
  .then(
    (found) => process.stdout.write(`${JSON.stringify(found)}\n`, () => app.exit(0)),
    (error) => {
      console.error(error);
      app.exit(1);
    },
  );
