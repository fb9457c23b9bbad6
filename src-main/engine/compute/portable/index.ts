import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import { registerConvolutionGradients } from './convolution.ts';
import { backendName } from './heap.ts';
import { registerMatrixProduct } from './matrix-product.ts';
import { registerMovement } from './movement.ts';
import { registerPoolingGradient } from './pooling.ts';
import { registerReduction } from './reduction.ts';
import { registerSegmentSum } from './segment-sum.ts';

const nodeRequire = createRequire(import.meta.url);

/** The events for which the WebAssembly module's start-up code installs listeners. */
const hijackedEvents = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Makes the WebAssembly backend the active one of this process. Throws `device-unavailable` when it cannot
 * be loaded. Nothing keeps the process alive afterwards.
 */
export async function openPortable(): Promise<void> {
  const packageFolder = dirname(nodeRequire.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  setWasmPaths(join(packageFolder, 'wasm-out') + sep);
  // More than one would load the threaded build, whose pool has one thread whatever is asked for.
  setThreadsCount(1);
  const restoreListeners = rememberListeners();
  try {
    if (await tf.setBackend(backendName)) return;
  } catch (cause) {
    throw unavailable(cause);
  } finally {
    restoreListeners();
  }
  throw unavailable(undefined);
}

function unavailable(cause: unknown): OffrecError {
  return new OffrecError('device-unavailable', 'The portable device does not start.', {
    hint: 'Install the dependencies again with `npm ci`.',
    cause,
  });
}

/** The module rethrows whatever is uncaught, which would take the process's own handling away from it. */
function rememberListeners(): () => void {
  const before = hijackedEvents.map((event) => new Set(process.rawListeners(event)));
  return () => {
    hijackedEvents.forEach((event, index) => {
      for (const listener of process.rawListeners(event)) {
        if (before[index]?.has(listener)) continue;
        process.removeListener(event, listener as (...values: unknown[]) => void);
      }
    });
  };
}

/** Replaces the kernels that training needs and that the backend lacks or computes slowly or wrongly. */
export function registerPortableKernels(): void {
  const product = registerMatrixProduct();
  registerMovement();
  registerReduction();
  registerSegmentSum();
  registerConvolutionGradients(product);
  registerPoolingGradient();
}
