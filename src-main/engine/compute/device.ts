import { createRequire } from 'node:module';
import { OffrecError } from '#contract/errors.ts';
import type { DeviceInfo, DeviceRequest } from '#contract/run.ts';
import { loadNativeBackend } from './native/load.ts';
import { findAddon } from './native/find-addon.ts';
import { registerNativeKernels } from './native/kernels.ts';
import { registerGradients } from './gradient-rules.ts';
import { setRuntime, runtime } from './runtime.ts';
import { tf } from './tf.ts';

export interface Device {
  readonly info: DeviceInfo;
  /** Tensors alive, for leak checks: in the native library where it is used, otherwise in tfjs. */
  tensorCount(): number;
  /** Ends the use of the device. The native library itself stays in the process until it exits. */
  close(): void;
}

type DeviceKind = DeviceInfo['device'];

let opened: { device: Device; request: DeviceRequest } | null = null;

/**
 * Opens the device of this process. `auto` takes the first that works of CUDA, native CPU and portable.
 * Each is proven by one operation and one gradient. A process has one device for its whole life, because
 * threads and libraries are fixed at loading: asking again with the same request returns the same device.
 *
 * Throws `device-unavailable` or `native-missing` for a device that cannot be had, `usage` for a second,
 * different request.
 */
export async function openDevice(request: DeviceRequest): Promise<Device> {
  if (opened !== null) return reopen(opened, request);
  const wanted: DeviceKind[] =
    request.device === 'auto' ? ['native-cuda', 'native-cpu', 'portable'] : [request.device];
  const failures: unknown[] = [];
  for (const kind of wanted) {
    try {
      const device = await open(kind, request);
      opened = { device, request };
      return device;
    } catch (error) {
      failures.push(error);
    }
  }
  const last = failures.at(-1);
  if (last instanceof OffrecError) throw last;
  throw new OffrecError('device-unavailable', `The device ${request.device} does not work here.`, {
    hint: 'Run `offrec doctor` to see what is missing.',
    cause: last,
  });
}

function reopen(known: { device: Device; request: DeviceRequest }, request: DeviceRequest): Device {
  const same =
    (request.device === known.request.device || request.device === known.device.info.device) &&
    request.threads === known.request.threads &&
    request.xla === known.request.xla;
  if (same) return known.device;
  throw new OffrecError('usage', 'This process already uses another compute device.', {
    where: `${known.device.info.device}, ${known.request.threads} threads`,
    hint: 'Start a process for each device.',
  });
}

async function open(kind: DeviceKind, request: DeviceRequest): Promise<Device> {
  const device =
    kind === 'portable' ? await openPortable(request) : await openNative(kind, request);
  proveDevice(kind);
  return device;
}

async function openNative(
  kind: 'native-cuda' | 'native-cpu',
  request: DeviceRequest,
): Promise<Device> {
  const addonPath = await findAddon(kind === 'native-cuda');
  const backend = loadNativeBackend(addonPath, request);
  const { binding } = backend;
  if (kind === 'native-cuda' && !binding.isUsingGpuDevice()) {
    throw new OffrecError('device-unavailable', 'TensorFlow found no CUDA device.', {
      hint: 'Check the driver with nvidia-smi, or choose the device native-cpu.',
    });
  }
  setRuntime({ kind: 'native', backend, binding });
  registerNativeKernels();
  registerGradients();
  const info = deviceInfo(kind, request, binding.TF_Version);
  return { info, tensorCount: () => binding.getNumOfTensors(), close: () => tf.disposeVariables() };
}

async function openPortable(request: DeviceRequest): Promise<Device> {
  // The union package registers the gradients and the chained operators that the core leaves out.
  const nodeRequire = createRequire(import.meta.url);
  createRequire(nodeRequire.resolve('@tensorflow/tfjs-node-gpu/package.json'))('@tensorflow/tfjs');
  const portable = await import('./portable/index.ts');
  await portable.openPortable();
  portable.registerPortableKernels();
  setRuntime({ kind: 'portable' });
  registerGradients();
  const info = deviceInfo('portable', { ...request, threads: 1, xla: false }, null);
  return {
    info,
    tensorCount: () => tf.memory().numTensors,
    close: () => tf.disposeVariables(),
  };
}

function deviceInfo(
  device: DeviceKind,
  request: DeviceRequest,
  tensorflow: string | null,
): DeviceInfo {
  const { threads, xla } = request;
  return { device, tensorflow, node: process.versions.node, threads, xla };
}

/** One operation and one gradient with known answers: f(x) = sum((x W)^2), df/dx = 2 x W W'. */
function proveDevice(kind: DeviceKind): void {
  runtime();
  const [value, slope] = tf.tidy(() => {
    const weight = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const squaredNorm = (x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, weight)));
    const result = tf.valueAndGrad(squaredNorm)(tf.tensor2d([1, 1], [1, 2]));
    return [result.value.dataSync(), result.grad.dataSync()];
  });
  if (value?.[0] !== 52 || slope?.[0] !== 32 || slope[1] !== 72) {
    throw new OffrecError('device-unavailable', `The device ${kind} computes wrong results.`, {
      hint: 'Choose another device and report this with the output of `offrec doctor`.',
    });
  }
}
