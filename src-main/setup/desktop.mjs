import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from './children.mjs';
import { applicationNode, packageFolder, projectFolder } from './locations.mjs';

const buildFile = join(projectFolder, 'electron.vite.config.ts');
const built = ['main/src-main/doors/electron/main.js', 'preload/index.cjs', 'renderer/index.html'];
const sources = ['src-main', 'src-preload', 'src-renderer'];

/** Program of the Electron that npm installed, or the one that ELECTRON_EXEC_PATH names; null where there is none. */
export function installedElectron(environment = process.env) {
  const named = environment.ELECTRON_EXEC_PATH;
  if (named && existsSync(named)) return named;
  const folder = packageFolder('electron');
  if (folder === null) return null;
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/**
 * Downloads Electron's program when it is not there. Never an error: without it Offrec opens in a browser.
 * @param {AbortSignal} [signal]
 * @returns {Promise<string | null>} the program
 */
export async function obtainElectron(signal) {
  const installed = installedElectron();
  const folder = packageFolder('electron');
  if (installed !== null || folder === null) return installed;
  const script = join(folder, 'install.js');
  await runChild(process.execPath, [script], { abort: signal, timeoutMs: 180_000 });
  return installedElectron();
}

/** Whether a window can be shown: always on macOS and Windows, with a display server elsewhere. */
export function hasDisplay(environment = process.env, platform = process.platform) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** Whether the application has to be built: something of it is missing or older than a source. */
export async function isStale(project = projectFolder) {
  const times = built.map(
    (file) => statSync(join(project, 'out', file), { throwIfNoEntry: false })?.mtimeMs,
  );
  const oldestMs = Math.min(...times.map((timeMs) => timeMs ?? 0));
  if (oldestMs === 0) return true;
  for (const folder of sources) {
    const entries = await readdir(join(project, folder), { withFileTypes: true, recursive: true });
    for (const entry of entries) {
      if (entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > oldestMs) {
        return true;
      }
    }
  }
  return false;
}

/**
 * Builds page and programs. Throws with what the build said.
 * @param {AbortSignal} [signal]
 */
export async function buildApplication(signal) {
  const folder = packageFolder('electron-vite');
  const node = applicationNode();
  if (folder === null || node === null) throw new Error('npm ci has not installed what builds it.');
  const args = [join(folder, 'bin', 'electron-vite.js'), 'build', '--config', buildFile];
  const { code, stderr } = await runChild(node, args, { cwd: projectFolder, abort: signal });
  if (code !== 0) throw new Error(stderr.trim().slice(-2000));
}
