#!/usr/bin/env node
/**
 * `npm start`: opens Offrec in its window where Electron and a display exist, in the default browser otherwise. What is
 * given on the command line goes to whichever it is.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openInBrowser } from './browser.mjs';
import { buildApplication, hasDisplay, isStale, obtainElectron } from './desktop.mjs';
import { projectFolder } from './locations.mjs';

const given = process.argv.slice(2);

if (await isStale()) {
  console.error('Building Offrec …');
  await buildApplication();
}
const program = hasDisplay() ? await obtainElectron().catch(() => null) : null;
if (program === null) {
  console.error(
    hasDisplay()
      ? 'Electron could not be fetched; Offrec opens in the browser. Try again with: node node_modules/electron/install.js'
      : 'There is no display for a window; Offrec is served to browsers.',
  );
  await serve();
} else {
  openWindow(program);
}

/** @param {string} electron */
function openWindow(electron) {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const args = [...(asRoot ? ['--no-sandbox'] : []), projectFolder, ...given];
  const child = spawn(electron, args, { stdio: 'inherit' });
  // On a terminal Ctrl-C reaches the whole group; this process only has to outlive it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code) => (process.exitCode = code ?? 1));
}

/** Serves the page and opens it when the server says where it is. */
async function serve() {
  const launcher = join(projectFolder, 'src-main', 'setup', 'offrec.mjs');
  const args = [launcher, 'serve', '--port', '0', '--json', ...given];
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'inherit'] });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code) => (process.exitCode = code ?? 1));
  for await (const line of child.stdout.setEncoding('utf8')) {
    const address = /"url":\s*"([^"]+)"/.exec(String(line))?.[1];
    if (address === undefined) continue;
    const isOpen = hasDisplay() && (await openInBrowser(address));
    console.log(isOpen ? `Open in your browser: ${address}` : `Open ${address}`);
  }
}
