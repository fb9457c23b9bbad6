import { existsSync } from 'node:fs';
import { cudaWheels } from './cuda-wheels.mjs';
import { findNativeLibrary, libraryHome } from './library-folder.mjs';

/**
 * @typedef {object} CudaPlan what `setup --cuda` would do, to be shown and confirmed first
 * @property {{ name: string, version: string, downloadBytes: number, diskBytes: number }[]} packages
 * @property {number} downloadBytes
 * @property {number} diskBytes what stays on the disk
 * @property {string} folder
 * @property {boolean} ready whether it is there already
 * @property {boolean} driver whether NVIDIA's driver was found; without it the GPU stays unused
 */

/** @returns {CudaPlan} */
export function planCuda() {
  const packages = cudaWheels.map(({ project, version, bytes, unpackedBytes }) => {
    return { name: project, version, downloadBytes: bytes, diskBytes: unpackedBytes };
  });
  return {
    packages,
    downloadBytes: packages.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0),
    diskBytes: packages.reduce((sum, { diskBytes }) => sum + diskBytes, 0),
    folder: libraryHome(true),
    ready: findNativeLibrary({ cuda: true }) !== null,
    driver: hasNvidiaDriver(),
  };
}

/** Whether this machine shows an NVIDIA GPU: the driver's own files, or the device of Windows' Linux. */
export function hasNvidiaDriver() {
  return ['/dev/nvidia0', '/proc/driver/nvidia/version', '/dev/dxg'].some((file) =>
    existsSync(file),
  );
}
