import { createRequire } from 'node:module';
import { OffrecError } from '#contract/errors.ts';
import type { DeviceRequest } from '#contract/run.ts';
import type { NativeBackend } from './binding.ts';

const nodeRequire = createRequire(import.meta.url);

interface NativePackage {
  backend(): NativeBackend;
}

/** The native library's threads and switches are read from the environment once, when it loads. */
function setEnvironment(request: DeviceRequest): void {
  const threads = String(request.threads);
  process.env['TF_NUM_INTRAOP_THREADS'] = threads;
  process.env['TF_NUM_INTEROP_THREADS'] = threads;
  process.env['OMP_NUM_THREADS'] = threads;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  if (request.xla) {
    process.env['TF_XLA_FLAGS'] ??= '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit=true';
  }
}

/** tfjs-node calls two functions of `util` that Node has dropped, or complains about on standard error. */
function restoreUtil(): void {
  const util = nodeRequire('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}

/**
 * Loads tfjs-node with the addon at `addonPath` and makes it the active backend. tfjs-node asks
 * node-pre-gyp where its addon lies; the answer is put into the module cache beforehand, so that nothing
 * under node_modules is touched.
 */
export function loadNativeBackend(addonPath: string, request: DeviceRequest): NativeBackend {
  setEnvironment(request);
  restoreUtil();
  const packageRequire = createRequire(
    nodeRequire.resolve('@tensorflow/tfjs-node-gpu/package.json'),
  );
  const finderPath = packageRequire.resolve('@mapbox/node-pre-gyp');
  const finder = { find: () => addonPath };
  packageRequire.cache[finderPath] = {
    id: finderPath,
    filename: finderPath,
    loaded: true,
    exports: finder,
  } as unknown as NodeJS.Module;
  const loaded = nodeRequire('@tensorflow/tfjs-node-gpu') as NativePackage;
  const backend = loaded.backend();
  if (typeof backend.binding.addFunction !== 'function') {
    throw new OffrecError('version-mismatch', 'The native addon cannot add functions.', {
      where: addonPath,
      hint: 'Run `offrec setup` to replace it.',
    });
  }
  return backend;
}
