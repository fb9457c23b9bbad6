import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runChild } from './children.mjs';
import { Obstacle } from './obstacle.mjs';

/**
 * @typedef {object} Wheel
 * @property {string} project its name in the package index
 * @property {string} version
 * @property {string} file
 * @property {number} bytes
 * @property {string} sha256
 */

/** The TensorFlow that Offrec runs on: C libraries and headers of the published Python wheel. @type {Wheel} */
export const cpuWheel = {
  project: 'tensorflow-cpu',
  version: '2.21.0',
  file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
  bytes: 273_829_956,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
};

const quietPip = ['--disable-pip-version-check', '--no-input', '--no-color'];
const sizePollMs = 200;

/** @typedef {(done: number, total: number) => void} OnBytes */

/**
 * The wheel as a file whose checksum is the recorded one: from the folder `OFFREC_WHEELS` where that holds it, else
 * downloaded by pip into `folder`.
 * @param {Wheel} wheel
 * @param {{ folder: string, onDownload: OnBytes, onCheck: OnBytes, signal?: AbortSignal | undefined }} options
 */
export async function obtainWheel(wheel, { folder, onDownload, onCheck, signal }) {
  const given = process.env.OFFREC_WHEELS ? resolve(process.env.OFFREC_WHEELS, wheel.file) : null;
  const file =
    given !== null && existsSync(given)
      ? given
      : await downloadWheel(wheel, { folder, onDownload, signal });
  await checkWheel(wheel, file, onCheck, signal);
  return file;
}

/**
 * Refuses a file that is not the recorded wheel, byte for byte.
 * @param {Wheel} wheel
 * @param {string} file
 * @param {OnBytes} onCheck
 * @param {AbortSignal} [signal]
 */
export async function checkWheel(wheel, file, onCheck, signal) {
  const { size } = await stat(file);
  const hash = createHash('sha256');
  let done = 0;
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    async (source) => {
      for await (const chunk of source) {
        hash.update(chunk);
        onCheck((done += chunk.length), size);
      }
    },
    signal === undefined ? {} : { signal },
  );
  const sha256 = hash.digest('hex');
  if (sha256 === wheel.sha256) return;
  throw new Obstacle(
    `The checksum of ${basename(file)} is ${sha256}, ${wheel.sha256} was expected: it is not used.`,
    'Clear pip’s cache (pip cache purge) and check the package index that pip uses, then try again.',
  );
}

/**
 * @param {Wheel} wheel
 * @param {{ folder: string, onDownload: OnBytes, signal?: AbortSignal | undefined }} options
 */
async function downloadWheel(wheel, { folder, onDownload, signal }) {
  const python = await findPip(signal);
  const scratch = join(folder, 'pip');
  await mkdir(scratch, { recursive: true });
  const stopWatching = watchSize(folder, (bytes) =>
    onDownload(Math.min(bytes, wheel.bytes), wheel.bytes),
  );
  try {
    const args = ['download', ...quietPip, '--progress-bar', 'off', '--no-deps', ...tags(wheel)];
    args.push('--retries=2', '--timeout=20', '--dest', folder);
    args.push(`${wheel.project}==${wheel.version}`);
    const env = { ...pipEnvironment(), TMPDIR: scratch };
    const result = await runChild(python, ['-m', 'pip', ...args], { env, abort: signal });
    if (result.code !== 0) throw downloadFailed(wheel, result.stderr || result.stdout);
  } finally {
    stopWatching();
  }
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw downloadFailed(wheel, 'pip reported success and left no file.');
  return join(folder, file);
}

/** What makes pip choose exactly this wheel, whatever Python it runs on itself. @param {Wheel} wheel */
function tags({ file }) {
  const platforms = file
    .replace(/^.*-/, '')
    .replace(/\.whl$/, '')
    .split('.');
  return [
    '--only-binary=:all:',
    ...platforms.flatMap((platform) => ['--platform', platform]),
    ...['--python-version', '3.11', '--abi', 'cp311', '--implementation', 'cp'],
  ];
}

/** The user's settings (mirrors, proxies) with what would forbid a plain download taken out. */
export function pipEnvironment() {
  return { ...process.env, PIP_REQUIRE_VIRTUALENV: '0', PYTHONUNBUFFERED: '1' };
}

/**
 * The first Python on the PATH that has pip.
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function findPip(signal) {
  let python = '';
  for (const candidate of [process.env.PYTHON, 'python3', 'python']) {
    if (!candidate) continue;
    const result = await runChild(candidate, ['-m', 'pip', '--version'], {
      env: pipEnvironment(),
      abort: signal,
      timeoutMs: 60_000,
    });
    if (result.found && result.code === 0) return candidate;
    if (result.found) python = candidate;
  }
  const how =
    'Install it (Debian, Ubuntu: sudo apt-get install python3-pip; Fedora: sudo dnf install python3-pip).';
  if (python) throw new Obstacle(`${python} has no pip, which downloads TensorFlow.`, how);
  throw new Obstacle('Python 3 with pip, which downloads TensorFlow, is not on the PATH.', how);
}

/** @param {Wheel} wheel @param {string} output */
function downloadFailed({ project, file }, output) {
  const lines = output.split('\n').map((line) => line.trim());
  const unreachable = lines.some((line) => line.startsWith('WARNING: Retrying'));
  const error =
    lines.filter((line) => line.startsWith('ERROR:')).at(-1) ?? lines.filter(Boolean).at(-1);
  const reason = unreachable ? 'the package index cannot be reached' : (error ?? 'pip failed');
  return new Obstacle(
    `${project} cannot be downloaded: ${reason.replace(/^ERROR: /, '').replace(/\.$/, '')}.`,
    `Check the network and pip’s settings, or put ${file} into a folder and name that in OFFREC_WHEELS.`,
  );
}

/**
 * Reports the size of the largest file below a folder, again and again: what pip has downloaded so far,
 * whatever its version prints.
 * @param {string} folder
 * @param {(bytes: number) => void} onBytes
 */
function watchSize(folder, onBytes) {
  const timer = setInterval(() => {
    largestFile(folder).then(onBytes, () => {});
  }, sizePollMs);
  return () => clearInterval(timer);
}

/** @param {string} folder */
async function largestFile(folder) {
  let largest = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const entry = await stat(join(folder, name));
    if (entry.isFile()) largest = Math.max(largest, entry.size);
  }
  return largest;
}
