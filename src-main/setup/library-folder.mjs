import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { addonHash } from './addon.mjs';
import { cacheFolder } from './locations.mjs';
import { cpuWheel } from './wheel.mjs';

/**
 * The folders below the cache that hold prepared libraries:
 *
 *     native/tensorflow-<version>-<cpu|cuda>-<hash of the addon>/
 *         manifest.json              what belongs here; written last
 *         tensorflow/                libraries, headers, and the addon beside them
 *         nvidia/                    CUDA's libraries, where TensorFlow looks for them
 *     native/partial-<host>-<process>-<random>/    one being made
 */

/**
 * @typedef {object} Manifest
 * @property {1} format
 * @property {string} tensorflow its version
 * @property {boolean} cuda
 * @property {'prebuilt' | 'compiled'} addon
 * @property {FileList} files
 */

/**
 * @typedef {object} NativeLibrary
 * @property {string} addonPath the file to load
 * @property {string} libraryFolder the folder of TensorFlow's libraries, beside the addon
 * @property {string} version TensorFlow's; '' for an addon of OFFREC_NATIVE_ADDON that has no manifest
 * @property {boolean} cuda whether it is the layout with CUDA
 */

/** @typedef {Record<string, { bytes: number, sha256: string }>} FileList by path inside the folder */

const manifestFile = 'manifest.json';
const partialPrefix = 'partial-';
const abandonedAfterMs = 24 * 3600 * 1000;

export const addonInFolder = join('tensorflow', 'tfjs_binding.node');

export function nativeFolder() {
  return join(cacheFolder(), 'native');
}

/** The folder that belongs to this version of Offrec, prepared or not. @param {boolean} cuda */
export function libraryHome(cuda) {
  return join(nativeFolder(), `${kindPrefix(cuda)}${addonHash()}`);
}

/** @param {boolean} cuda */
function kindPrefix(cuda) {
  return `tensorflow-${cpuWheel.version}-${cuda ? 'cuda' : 'cpu'}-`;
}

/**
 * The manifest of a complete folder: every file is there with its size. Null otherwise.
 * @param {string} folder
 * @returns {Manifest | null}
 */
export function readManifest(folder) {
  /** @type {Manifest} */
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8'));
  } catch {
    return null;
  }
  if (manifest.format !== 1) return null;
  const complete = Object.entries(manifest.files).every(([name, { bytes }]) => {
    return statSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes;
  });
  return complete ? manifest : null;
}

/**
 * The prepared native library, or null when there is none. Looks at names and sizes only (about a millisecond);
 * contents were proven when the folder was made. `OFFREC_NATIVE_ADDON` names another addon for both layouts.
 * @param {{ cuda?: boolean }} [options]
 * @returns {NativeLibrary | null}
 */
export function findNativeLibrary({ cuda = false } = {}) {
  const given = process.env.OFFREC_NATIVE_ADDON;
  if (given) {
    const addonPath = resolve(given);
    if (!existsSync(addonPath))
      throw new Error(`OFFREC_NATIVE_ADDON names ${addonPath}, which does not exist.`);
    const version = readManifest(dirname(dirname(addonPath)))?.tensorflow ?? '';
    return { addonPath, libraryFolder: dirname(addonPath), version, cuda };
  }
  const home = libraryHome(cuda);
  const manifest = readManifest(home);
  if (manifest === null) return null;
  return {
    addonPath: join(home, addonInFolder),
    libraryFolder: join(home, 'tensorflow'),
    version: manifest.tensorflow,
    cuda,
  };
}

/** @param {string} folder @param {Manifest} manifest */
export async function writeManifest(folder, manifest) {
  const handle = await open(join(folder, manifestFile), 'w');
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Whether every file still has the checksum that the manifest records.
 * @param {string} folder @param {Manifest} manifest @param {AbortSignal} [signal]
 */
export async function isIntact(folder, manifest, signal) {
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    if ((await fingerprint(join(folder, name), signal)).sha256 !== sha256) return false;
  }
  return true;
}

/** @param {string} file @param {AbortSignal} [signal] */
export async function fingerprint(file, signal) {
  const hash = createHash('sha256');
  let bytes = 0;
  const source = createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  await pipeline(source, async (chunks) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Runs `body` with an empty folder beside the prepared ones, and removes it whatever happens.
 * @template T
 * @param {(staging: string) => Promise<T>} body
 */
export async function withStaging(body) {
  await removeAbandoned();
  const name = `${partialPrefix}${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const staging = join(nativeFolder(), name);
  await mkdir(staging);
  try {
    return await body(staging);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 5 });
    // Again: the process that was killed while this one waited for it may have been ending still at first.
    await removeAbandoned();
  }
}

/**
 * Moves a finished folder into place in one step. What is in the way was found unusable and goes.
 * @param {string} content inside a staging folder
 * @param {string} home
 */
export async function publish(content, home) {
  try {
    await rename(content, home);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    await rename(home, join(dirname(content), 'retired'));
    await rename(content, home);
  }
}

/**
 * Links the libraries of a folder that another version of Offrec prepared from the same TensorFlow, so that
 * neither download nor disk is spent twice. Null when there is none that is intact.
 * @param {boolean} cuda @param {string} content @param {AbortSignal} [signal]
 * @returns {Promise<FileList | null>}
 */
export async function linkFromSibling(cuda, content, signal) {
  for (const name of await readdir(nativeFolder())) {
    const folder = join(nativeFolder(), name);
    if (!name.startsWith(kindPrefix(cuda)) || folder === libraryHome(cuda)) continue;
    const manifest = readManifest(folder);
    if (manifest === null || !(await isIntact(folder, manifest, signal))) continue;
    const files = await linkLibraries(folder, manifest, content);
    if (files !== null) return files;
  }
  return null;
}

/**
 * Links everything of a prepared folder but its addon. Null on a file system without links.
 * @param {string} folder @param {Manifest} manifest @param {string} content
 * @returns {Promise<FileList | null>}
 */
export async function linkLibraries(folder, manifest, content) {
  const shared = Object.entries(manifest.files).filter(([name]) => name !== addonInFolder);
  try {
    for (const [name] of shared) {
      await mkdir(dirname(join(content, name)), { recursive: true });
      await link(join(folder, name), join(content, name));
    }
    return Object.fromEntries(shared);
  } catch {
    await rm(content, { recursive: true, force: true });
    await mkdir(content);
    return null;
  }
}

/** Removes what installers left behind that were killed: their process is gone, or they are a day old. */
async function removeAbandoned() {
  for (const name of await readdir(nativeFolder())) {
    if (!name.startsWith(partialPrefix)) continue;
    const folder = join(nativeFolder(), name);
    const owner = name.startsWith(`${partialPrefix}${hostname()}-`)
      ? Number(name.split('-').at(-2))
      : null;
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    const abandoned =
      Date.now() - mtimeMs > abandonedAfterMs || (owner !== null && !isRunning(owner));
    if (abandoned) await rm(folder, { recursive: true, force: true });
  }
}

/** A process that has ended and was not asked for its status yet does not run. @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
