import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { proveAddon } from './addon.mjs';
import { cudaWheels } from './cuda-wheels.mjs';
import { linkFromSibling, nativeFolder } from './library-folder.mjs';
import { neededOfTensorflow } from './native-library.mjs';
import { refuseFullDisk } from './platform.mjs';
import { prepareLibrary } from './preparation.mjs';
import { obtainWheel } from './wheel.mjs';
import { listZip, unpackMembers } from './zip.mjs';

/** @typedef {import('./preparation.mjs').OnProgress} OnProgress */
/** @typedef {import('./preparation.mjs').Fill} Fill */
/** @typedef {import('./cuda-plan.mjs').CudaPlan} CudaPlan */

/**
 * Carries out a plan. `gpu` says whether TensorFlow found a GPU with what was installed.
 * @param {CudaPlan} plan
 * @param {{ onProgress?: OnProgress, signal?: AbortSignal | undefined, verify?: boolean }} [options]
 * @returns {Promise<(import('./preparation.mjs').Ready & { gpu: boolean }) | import('./preparation.mjs').Missing>}
 */
export async function installCuda(plan, { onProgress = () => {}, signal, verify = false } = {}) {
  /** @type {Fill} */
  const fill = async ({ staging, content }, _onProgress, abort) => {
    const linked = await linkFromSibling(true, content, abort);
    if (linked !== null) return linked;
    const largestBytes = Math.max(...plan.packages.map(({ downloadBytes }) => downloadBytes));
    await refuseFullDisk(nativeFolder(), plan.diskBytes + largestBytes);
    return fillFromWheels({ staging, content }, onProgress, abort);
  };
  const result = await prepareLibrary({ cuda: true, fill, onProgress, signal, verify });
  if (result.status === 'missing') return result;
  const proof = await proveAddon(result.library.addonPath, signal);
  return { ...result, gpu: !('error' in proof) && proof.gpu };
}

/**
 * Fetches one wheel after the other and unpacks it, so that the disk holds one of them at a time.
 * @type {Fill}
 */
async function fillFromWheels({ staging, content }, onProgress, signal) {
  const downloadTotal = cudaWheels.reduce((sum, { bytes }) => sum + bytes, 0);
  /** @type {import('./library-folder.mjs').FileList} */
  const files = {};
  let before = 0;
  for (const wheel of cudaWheels) {
    const folder = join(staging, wheel.project);
    const file = await obtainWheel(wheel, {
      folder,
      onDownload: (done) =>
        onProgress({ step: 'download', done: before + done, total: downloadTotal }),
      onCheck: () => {},
      signal,
    });
    const onBytes = () =>
      onProgress({ step: 'download', done: before + wheel.bytes, total: downloadTotal });
    Object.assign(
      files,
      await unpackMembers(file, await wantedOf(wheel, file), content, { onBytes, signal }),
    );
    await rm(folder, { recursive: true, force: true });
    before += wheel.bytes;
  }
  return files;
}

/** @param {import('./wheel.mjs').Wheel} wheel @param {string} file @returns {Promise<ReadonlySet<string>>} */
async function wantedOf(wheel, file) {
  if (wheel.project === 'tensorflow') return neededOfTensorflow;
  const names = [...(await listZip(file)).keys()];
  return new Set(names.filter((name) => /^nvidia\/(?!.*\/include\/)(?!.*\.py$).*[^/]$/.test(name)));
}
