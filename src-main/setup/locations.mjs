import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

const require = createRequire(import.meta.url);

/** The oldest Node that runs the application itself (it runs TypeScript directly). */
export const oldestNode = 24;

/**
 * Where downloaded and derived files live that may be deleted at any time: `OFFREC_CACHE`, else the user's
 * cache folder by the XDG rules.
 */
export function cacheFolder(environment = process.env) {
  if (environment.OFFREC_CACHE) return resolve(environment.OFFREC_CACHE);
  const base = environment.XDG_CACHE_HOME;
  // The XDG rules say that a relative path is to be ignored.
  if (base?.startsWith('/')) return join(base, 'offrec');
  return join(environment.HOME || homedir(), '.cache', 'offrec');
}

/**
 * The same file where programs other than the packaged application can read it: what they need lies beside the
 * application's archive as well. Any other path stays as it is.
 */
export function outsideArchive(/** @type {string} */ path) {
  return path.replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked');
}

/** The folder of an installed npm package whose files other programs read, or null. */
export function packageFolder(/** @type {string} */ name) {
  try {
    return outsideArchive(dirname(require.resolve(`${name}/package.json`)));
  } catch {
    return null;
  }
}

/** The folder of the Node that npm installed with the project, or null where there is none for this system. */
export function bundledNodeFolder() {
  return packageFolder(`node-${process.platform}-${process.arch}`);
}

/** The Node that runs the application: the bundled one, else this one where it is new enough, else null. */
export function applicationNode() {
  const folder = bundledNodeFolder();
  const bundled = folder === null ? null : join(folder, 'bin', 'node');
  if (bundled !== null && existsSync(bundled)) return bundled;
  return nodeMajor(process.versions.node) >= oldestNode ? process.execPath : null;
}

export function nodeMajor(/** @type {string} */ version) {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}
