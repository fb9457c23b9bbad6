import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { compileAddon, headers, prebuiltAddon, proveAddon } from './addon.mjs';
import {
  addonInFolder,
  fingerprint,
  isIntact,
  libraryHome,
  linkFromSibling,
  nativeFolder,
  publish,
  readManifest,
  withStaging,
  writeManifest,
} from './library-folder.mjs';
import { withLock } from './lock.mjs';
import { Obstacle } from './obstacle.mjs';
import { fileSystemObstacle, refuseFullDisk, refuseUnsupportedPlatform } from './platform.mjs';
import { cpuWheel, obtainWheel } from './wheel.mjs';
import { listZip, unpackMember } from './zip.mjs';

/** @typedef {import('./library-folder.mjs').FileList} FileList */

/**
 * @typedef {object} NativeLibrary
 * @property {string} addonPath the file to load
 * @property {string} libraryFolder the folder of TensorFlow's libraries, beside the addon
 * @property {string} version TensorFlow's; '' for an addon of OFFREC_NATIVE_ADDON that has no manifest
 * @property {boolean} cuda whether it is the layout with CUDA
 */

/**
 * @typedef {object} Progress
 * @property {'wait' | 'download' | 'check' | 'unpack' | 'compile' | 'prove'} step
 * @property {number} done bytes
 * @property {number} total bytes; 0 where there is nothing to count
 */

/** @typedef {(progress: Progress) => void} OnProgress */
/** @typedef {{ status: 'ready', library: NativeLibrary, installed: boolean }} Ready */
/** @typedef {{ status: 'missing', what: string, how: string }} Missing */

export const libraries = [
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/libtensorflow_cc.so.2',
];
const neededBytes = 1_300_000_000;

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

/**
 * Makes sure that the native library is there: downloads, checks, unpacks, proves, and moves it into place in
 * one step. What cannot be had is reported, not thrown. An abort is thrown, after everything is cleaned up.
 * With `verify` the checksums of a prepared library are compared too, and a damaged one is replaced.
 * @param {{ onProgress?: OnProgress, signal?: AbortSignal | undefined, verify?: boolean }} [options]
 * @returns {Promise<Ready | Missing>}
 */
export async function prepareNativeLibrary({ onProgress = () => {}, signal, verify = false } = {}) {
  try {
    const found = await usableLibrary(verify, signal);
    if (found !== null) return { status: 'ready', library: found, installed: false };
    refuseUnsupportedPlatform();
    await mkdir(nativeFolder(), { recursive: true });
    const onWait = () => onProgress({ step: 'wait', done: 0, total: 0 });
    return await withLock(nativeFolder(), { onWait, signal }, async () => {
      const made = await usableLibrary(verify, signal);
      if (made !== null) return { status: 'ready', library: made, installed: false };
      return { status: 'ready', library: await install(onProgress, signal), installed: true };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const obstacle = error instanceof Obstacle ? error : fileSystemObstacle(error);
    if (obstacle === null) throw error;
    return { status: 'missing', what: obstacle.what, how: obstacle.how };
  }
}

/** @param {boolean} verify @param {AbortSignal | undefined} signal */
async function usableLibrary(verify, signal) {
  const library = findNativeLibrary();
  if (library === null || !verify || process.env.OFFREC_NATIVE_ADDON) return library;
  const manifest = readManifest(libraryHome(false));
  return manifest !== null && (await isIntact(libraryHome(false), manifest, signal))
    ? library
    : null;
}

/** @param {OnProgress} onProgress @param {AbortSignal | undefined} signal */
async function install(onProgress, signal) {
  await withStaging(async (staging) => {
    const content = join(staging, 'content');
    await mkdir(content);
    const files = await fillLibraries(staging, content, onProgress, signal);
    const addon = await placeAddon(content, onProgress, signal);
    files[addonInFolder] = await fingerprint(join(content, addonInFolder), signal);
    await writeManifest(content, {
      format: 1,
      tensorflow: cpuWheel.version,
      cuda: false,
      addon,
      files,
    });
    signal?.throwIfAborted();
    await publish(content, libraryHome(false));
  });
  const library = findNativeLibrary();
  if (library === null)
    throw new Error(`${libraryHome(false)} is not complete after it was moved into place.`);
  return library;
}

/**
 * TensorFlow's libraries and headers: linked from a folder that another version of Offrec made, else unpacked
 * from the wheel.
 * @param {string} staging @param {string} content
 * @param {OnProgress} onProgress @param {AbortSignal | undefined} signal
 * @returns {Promise<FileList>}
 */
async function fillLibraries(staging, content, onProgress, signal) {
  const linked = await linkFromSibling(content, signal);
  if (linked !== null) return linked;
  await refuseFullDisk(nativeFolder(), neededBytes);
  const wheel = await obtainWheel(cpuWheel, {
    folder: staging,
    onDownload: (done, total) => onProgress({ step: 'download', done, total }),
    onCheck: (done, total) => onProgress({ step: 'check', done, total }),
    signal,
  });
  return unpackMembers(wheel, [...libraries, ...headers], content, onProgress, signal);
}

/**
 * @param {string} wheel @param {readonly string[]} names @param {string} content
 * @param {OnProgress} onProgress @param {AbortSignal | undefined} signal
 * @returns {Promise<FileList>}
 */
export async function unpackMembers(wheel, names, content, onProgress, signal) {
  const members = await listZip(wheel);
  const wanted = names.map((name) => {
    const member = members.get(name);
    if (member === undefined) throw new Error(`${wheel} holds no ${name}.`);
    return member;
  });
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  /** @type {FileList} */
  const files = {};
  let done = 0;
  for (const member of wanted) {
    const onBytes = (/** @type {number} */ bytes) =>
      onProgress({ step: 'unpack', done: (done += bytes), total });
    files[member.name] = await unpackMember(wheel, member, join(content, member.name), {
      onBytes,
      signal,
    });
  }
  return files;
}

/**
 * Puts the addon beside the libraries and proves it: the one that comes with the project, else one compiled here.
 * @param {string} content @param {OnProgress} onProgress @param {AbortSignal | undefined} signal
 * @returns {Promise<'prebuilt' | 'compiled'>}
 */
export async function placeAddon(content, onProgress, signal) {
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
