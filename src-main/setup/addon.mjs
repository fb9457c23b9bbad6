import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './children.mjs';
import {
  applicationNode,
  bundledNodeFolder,
  outsideArchive,
  packageFolder,
  projectFolder,
} from './locations.mjs';
import { Obstacle } from './obstacle.mjs';

const addonFolder = outsideArchive(join(projectFolder, 'resources', 'addon'));
const probeScript = outsideArchive(fileURLToPath(new URL('probe.mjs', import.meta.url)));

const addonFile = 'tfjs_binding.node';
export const addonSource = join(addonFolder, 'offrec_addon.cc');

/** The members of the wheel that compiling the addon reads. */
export const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/c_api_macros.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/tf_attrtype.h',
  'tensorflow/c/tf_buffer.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/c/tf_tstring.h',
  'tensorflow/core/platform/ctstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
  'tsl/platform/ctstring.h',
  'tsl/platform/ctstring_internal.h',
  'xla/tsl/c/tsl_status.h',
].map((name) => `tensorflow/include/${name}`);

/** Where the addon that comes with the project lies. */
export const prebuiltFolder = join(addonFolder, `${process.platform}-${process.arch}`);

/** The addon that comes with the project, or null where there is none for this system. */
export function prebuiltAddon() {
  const file = join(prebuiltFolder, addonFile);
  return existsSync(file) ? file : null;
}

/** Changes whenever the addon does: 12 hexadecimal digits over its source and its compiled form. */
export function addonHash() {
  const hash = createHash('sha256').update(readFileSync(addonSource));
  const prebuilt = prebuiltAddon();
  if (prebuilt !== null) hash.update(readFileSync(prebuilt));
  return hash.digest('hex').slice(0, 12);
}

/**
 * Compiles the addon with the machine's C++ compiler against the libraries and headers in `libraryFolder`.
 * @param {{ libraryFolder: string, target: string, signal?: AbortSignal | undefined }} options
 */
export async function compileAddon({ libraryFolder, target, signal }) {
  const includeFolder = join(libraryFolder, 'include');
  const nodeFolder = bundledNodeFolder();
  const bindingFolder = packageFolder('@tensorflow/tfjs-node-gpu');
  if (nodeFolder === null || bindingFolder === null) {
    throw new Obstacle(
      'The sources of the addon are not installed.',
      'Run npm ci, then try again.',
    );
  }
  const binding = join(bindingFolder, 'binding');
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-s', '-fvisibility=hidden', '-DNAPI_VERSION=8'],
    // offrec_addon.cc says why.
    ...['-DTF_NewTensor=OffrecNewTensor', '-DTFE_Execute=OffrecExecute'],
    '-DTF_SessionRun=OffrecSessionRun',
    '-DTF_LoadSessionFromSavedModel=OffrecLoadSession',
    ...[addonFolder, binding, includeFolder].map((folder) => `-ffile-prefix-map=${folder}=.`),
    ...[join(nodeFolder, 'include', 'node'), includeFolder, binding].map((folder) => `-I${folder}`),
    ...[addonSource, join(binding, 'tfjs_backend.cc'), '-o', target],
    ...[`-L${libraryFolder}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    ...['-Wl,-rpath,$ORIGIN', '-Wl,-z,initfirst'],
  ];
  const compiler = process.env.CXX || 'g++';
  const result = await runChild(compiler, args, { abort: signal });
  if (!result.found) {
    throw new Obstacle(
      `The addon that comes with Offrec does not load here and ${compiler}, which would compile it, is missing.`,
      'Install it (Debian, Ubuntu: sudo apt-get install g++; Fedora: sudo dnf install gcc-c++), then try again.',
    );
  }
  if (result.code === 0) return;
  const line = result.stderr.split('\n').find((text) => text.includes('error')) ?? 'no message';
  throw new Obstacle(
    `The addon that comes with Offrec does not load here and compiling it failed: ${line.trim()}.`,
    'A compiler with C++17 (GCC 8 or newer) is needed.',
  );
}

/**
 * Loads an addon in a process of its own, runs one operation and one function there.
 * @param {string} addonPath
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ version: string, gpu: boolean } | { error: string }>}
 */
export async function proveAddon(addonPath, signal) {
  const node = applicationNode();
  if (node === null) return { error: 'Node 24 is not installed' };
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', NODE_OPTIONS: '' };
  const result = await runChild(node, [probeScript, addonPath], {
    env,
    abort: signal,
    timeoutMs: 120_000,
  });
  if (result.code === 0) return JSON.parse(result.stdout);
  const message = result.stderr.split('\n').find((line) => line.startsWith('Error: '));
  return {
    error:
      message?.slice('Error: '.length) ??
      `it ended with ${result.signal ?? `status ${result.code}`}`,
  };
}
