import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasNvidiaDriver } from './cuda-plan.mjs';
import { applicationNode, cacheFolder, oldestNode } from './locations.mjs';
import { findNativeLibrary } from './library-folder.mjs';
import { Obstacle } from './obstacle.mjs';
import { refuseUnsupportedPlatform } from './platform.mjs';
import { findPip } from './wheel.mjs';

/** @typedef {{ what: string, how: string }} Lack something that is not there, and how to get it */

/**
 * What the installation lacks on this machine, found out without the network. Empty when all is there.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Lack[]>}
 */
export async function findLacks(signal) {
  /** @type {Lack[]} */
  const lacks = [];
  if (applicationNode() === null) {
    const how = `Run npm ci on Linux x64, or install Node ${oldestNode}.`;
    lacks.push({ what: `Node ${oldestNode} is not installed.`, how });
  }
  const given = process.env.OFFREC_NATIVE_ADDON;
  if (given && !existsSync(given)) {
    const what = `OFFREC_NATIVE_ADDON names ${given}, which does not exist.`;
    return [...lacks, { what, how: 'Unset it to use the library that offrec setup prepares.' }];
  }
  if (findNativeLibrary() === null) {
    const obstacle = await preparationObstacle(signal);
    lacks.push(obstacle ?? { what: 'TensorFlow is not prepared.', how: 'Run npx offrec setup.' });
  }
  if (hasNvidiaDriver() && findNativeLibrary({ cuda: true }) === null) {
    lacks.push({ what: 'The NVIDIA GPU is not used yet.', how: 'Run npx offrec setup --cuda.' });
  }
  return lacks;
}

/** @param {AbortSignal | undefined} signal @returns {Promise<Lack | null>} */
async function preparationObstacle(signal) {
  try {
    refuseUnsupportedPlatform();
    await findPip(signal);
    return null;
  } catch (error) {
    if (error instanceof Obstacle) return { what: error.what, how: error.how };
    throw error;
  }
}

/** The cache folder and the room it takes; files that folders share count once. */
export async function measureCache() {
  const folder = cacheFolder();
  return { folder, bytes: await folderBytes(folder, new Set()) };
}

/** @param {string} folder @param {Set<number>} seen inodes @returns {Promise<number>} */
async function folderBytes(folder, seen) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreMissing);
  let bytes = 0;
  for (const entry of entries ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      bytes += await folderBytes(path, seen);
      continue;
    }
    const file = await lstat(path).catch(ignoreMissing);
    if (file === null || seen.has(file.ino)) continue;
    seen.add(file.ino);
    bytes += file.size;
  }
  return bytes;
}

/** Other processes may tidy the cache meanwhile. @param {NodeJS.ErrnoException} error */
function ignoreMissing(error) {
  if (error.code === 'ENOENT') return null;
  throw error;
}
