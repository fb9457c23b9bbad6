import { headers } from './addon.mjs';
import { linkFromSibling, nativeFolder } from './library-folder.mjs';
import { refuseFullDisk } from './platform.mjs';
import { prepareLibrary } from './preparation.mjs';
import { cpuWheel, obtainWheel } from './wheel.mjs';
import { unpackMembers } from './zip.mjs';

/** @typedef {import('./library-folder.mjs').NativeLibrary} NativeLibrary */
/** @typedef {import('./preparation.mjs').Progress} Progress */

export { findNativeLibrary } from './library-folder.mjs';

const libraries = ['tensorflow/libtensorflow_framework.so.2', 'tensorflow/libtensorflow_cc.so.2'];
const neededBytes = 1_300_000_000;

/** The members of a TensorFlow wheel that are kept. */
export const neededOfTensorflow = new Set([...libraries, ...headers]);

/**
 * Makes sure that the native library is there: downloads, checks, unpacks, proves, and moves it into place in
 * one step. What cannot be had is reported, not thrown. An abort is thrown, after everything is cleaned up.
 * With `verify` the checksums of a prepared library are compared too, and a damaged one is replaced.
 * @param {{ onProgress?: (progress: Progress) => void, signal?: AbortSignal | undefined, verify?: boolean }} [options]
 * @returns {Promise<import('./preparation.mjs').Ready | import('./preparation.mjs').Missing>}
 */
export async function prepareNativeLibrary({ onProgress = () => {}, signal, verify = false } = {}) {
  return prepareLibrary({ cuda: false, fill: fillFromWheel, onProgress, signal, verify });
}

/**
 * TensorFlow's libraries and headers: linked from a folder that another version of Offrec made, else unpacked
 * from the wheel.
 * @type {import('./preparation.mjs').Fill}
 */
async function fillFromWheel({ staging, content }, onProgress, signal) {
  const linked = await linkFromSibling(false, content, signal);
  if (linked !== null) return linked;
  await refuseFullDisk(nativeFolder(), neededBytes);
  const wheel = await obtainWheel(cpuWheel, {
    folder: staging,
    onDownload: (done, total) => onProgress({ step: 'download', done, total }),
    onCheck: (done, total) => onProgress({ step: 'check', done, total }),
    signal,
  });
  const onBytes = (/** @type {number} */ done, /** @type {number} */ total) =>
    onProgress({ step: 'unpack', done, total });
  return unpackMembers(wheel, neededOfTensorflow, content, { onBytes, signal });
}
