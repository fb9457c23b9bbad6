import { statfs } from 'node:fs/promises';
import { Obstacle } from './obstacle.mjs';

const portableIsFine = 'Nothing is lost but speed.';

/** Throws where TensorFlow's libraries cannot run, as far as that is known without trying. */
export function refuseUnsupportedPlatform() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const here = `${process.platform} on ${process.arch}`;
    throw new Obstacle(`TensorFlow is prepared for Linux on x64, this is ${here}.`, portableIsFine);
  }
  if (!hasGlibc()) {
    throw new Obstacle(
      'TensorFlow needs the GNU C library, which this Linux does not have.',
      portableIsFine,
    );
  }
}

function hasGlibc() {
  // Looking up the names of network interfaces can take seconds and is not asked for.
  Object.assign(process.report, { excludeNetwork: true });
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  return report.header?.glibcVersionRuntime !== undefined;
}

/** @param {string} folder @param {number} neededBytes */
export async function refuseFullDisk(folder, neededBytes) {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  const [needed, free] = [neededBytes, freeBytes].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  throw new Obstacle(
    `Preparing TensorFlow needs ${needed} in ${folder}, which has ${free} left.`,
    'Make room there or set OFFREC_CACHE to a folder on another disk, then try again.',
  );
}

/**
 * The obstacle behind an error of the file system, or null when it is something else.
 * @param {unknown} error
 */
export function fileSystemObstacle(error) {
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  const where = path === undefined ? 'the cache folder' : path;
  const how = 'Set OFFREC_CACHE to a folder that can be written, then try again.';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Obstacle('The disk became full while TensorFlow was prepared.', how);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR') {
    return new Obstacle(`${where} cannot be written.`, how);
  }
  return null;
}
