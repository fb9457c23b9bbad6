import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compileAddon, prebuiltAddon, proveAddon } from './addon.mjs';
import {
  addonInFolder,
  findNativeLibrary,
  fingerprint,
  isIntact,
  libraryHome,
  nativeFolder,
  publish,
  readManifest,
  withStaging,
  writeManifest,
} from './library-folder.mjs';
import { withLock } from './lock.mjs';
import { Obstacle } from './obstacle.mjs';
import { fileSystemObstacle, refuseUnsupportedPlatform } from './platform.mjs';
import { cpuWheel } from './wheel.mjs';

/** @typedef {import('./library-folder.mjs').FileList} FileList */
/** @typedef {import('./library-folder.mjs').NativeLibrary} NativeLibrary */

/**
 * @typedef {object} Progress
 * @property {'wait' | 'download' | 'check' | 'unpack' | 'compile' | 'prove'} step
 * @property {number} done bytes
 * @property {number} total bytes; 0 where there is nothing to count
 */

/** @typedef {(progress: Progress) => void} OnProgress */
/** @typedef {{ status: 'ready', library: NativeLibrary, installed: boolean }} Ready */
/** @typedef {{ status: 'missing', what: string, how: string }} Missing */

/**
 * Puts TensorFlow's libraries into `content`; downloads go to `staging`.
 * @callback Fill
 * @param {{ staging: string, content: string }} folders
 * @param {OnProgress} onProgress
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<FileList>}
 */

/**
 * @typedef {object} Preparation
 * @property {boolean} cuda
 * @property {Fill} fill
 * @property {OnProgress} onProgress
 * @property {AbortSignal | undefined} signal
 * @property {boolean} verify
 */

/**
 * What preparing a library has in common whatever is in it: reuse, lock, staging, addon, manifest, publishing.
 * @param {Preparation} preparation
 * @returns {Promise<Ready | Missing>}
 */
export async function prepareLibrary(preparation) {
  const { onProgress, signal } = preparation;
  try {
    const found = await usableLibrary(preparation);
    if (found !== null) return { status: 'ready', library: found, installed: false };
    refuseUnsupportedPlatform();
    await mkdir(nativeFolder(), { recursive: true });
    const onWait = () => onProgress({ step: 'wait', done: 0, total: 0 });
    return await withLock(nativeFolder(), { onWait, signal }, async () => {
      const made = await usableLibrary(preparation);
      if (made !== null) return { status: 'ready', library: made, installed: false };
      return { status: 'ready', library: await install(preparation), installed: true };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const obstacle = error instanceof Obstacle ? error : fileSystemObstacle(error);
    if (obstacle === null) throw error;
    return { status: 'missing', what: obstacle.what, how: obstacle.how };
  }
}

/** @param {Preparation} preparation */
async function usableLibrary({ cuda, verify, signal }) {
  const library = findNativeLibrary({ cuda });
  if (library === null || !verify || process.env.OFFREC_NATIVE_ADDON) return library;
  const home = libraryHome(cuda);
  const manifest = readManifest(home);
  return manifest !== null && (await isIntact(home, manifest, signal)) ? library : null;
}

/** @param {Preparation} preparation */
async function install({ cuda, fill, onProgress, signal }) {
  const home = libraryHome(cuda);
  await withStaging(async (staging) => {
    const content = join(staging, 'content');
    await mkdir(content);
    const files = await fill({ staging, content }, onProgress, signal);
    const addon = await placeAddon(content, onProgress, signal);
    files[addonInFolder] = await fingerprint(join(content, addonInFolder), signal);
    await writeManifest(content, { format: 1, tensorflow: cpuWheel.version, cuda, addon, files });
    signal?.throwIfAborted();
    await publish(content, home);
  });
  const library = findNativeLibrary({ cuda });
  if (library === null) throw new Error(`${home} is not complete after it was moved into place.`);
  return library;
}

/**
 * Puts the addon beside the libraries and proves it: the one that comes with the project, else one compiled here.
 * @param {string} content @param {OnProgress} onProgress @param {AbortSignal | undefined} signal
 * @returns {Promise<'prebuilt' | 'compiled'>}
 */
async function placeAddon(content, onProgress, signal) {
  const target = join(content, addonInFolder);
  const prebuilt = prebuiltAddon();
  if (prebuilt !== null) {
    onProgress({ step: 'prove', done: 0, total: 0 });
    await copyFile(prebuilt, target);
    if (!('error' in (await proveAddon(target, signal)))) return 'prebuilt';
  }
  onProgress({ step: 'compile', done: 0, total: 0 });
  await compileAddon({ libraryFolder: join(content, 'tensorflow'), target, signal });
  onProgress({ step: 'prove', done: 0, total: 0 });
  const proof = await proveAddon(target, signal);
  if (!('error' in proof)) return 'compiled';
  throw new Obstacle(
    `TensorFlow does not run on this machine: ${proof.error}.`,
    'It needs glibc 2.27, the libstdc++ of GCC 8 or newer, and a processor with AVX.',
  );
}
