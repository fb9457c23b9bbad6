import { OffrecError } from '#contract/errors.ts';
import type { NativeBackend, NativeBinding } from './native/binding.ts';

export interface NativeRuntime {
  readonly kind: 'native';
  readonly backend: NativeBackend;
  /** The addon itself, even while `backend.binding` is a recorder's stand-in. */
  readonly binding: NativeBinding;
}

export interface PortableRuntime {
  readonly kind: 'portable';
}

export type Runtime = NativeRuntime | PortableRuntime;

let current: Runtime | null = null;

/** The device that `openDevice` opened. Throws `device-unavailable` before that. */
export function runtime(): Runtime {
  if (current === null) {
    throw new OffrecError('device-unavailable', 'No compute device is open.', {
      hint: 'Call openDevice() before building models.',
    });
  }
  return current;
}

export function nativeRuntime(): NativeRuntime {
  const open = runtime();
  if (open.kind !== 'native') {
    throw new OffrecError('device-unavailable', 'This needs the native TensorFlow library.', {
      hint: 'Run `offrec setup`, then choose the device native-cpu.',
    });
  }
  return open;
}

export function isNative(): boolean {
  return runtime().kind === 'native';
}

export function setRuntime(next: Runtime): void {
  current = next;
}
