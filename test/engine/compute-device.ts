import { openDevice, type Device } from '#engine/compute/device.ts';
import { findAddon } from '#engine/compute/native/find-addon.ts';

/** Why native tests cannot run here, or null. Tests say it when they skip. */
export const nativeObstacle: string | null = await findAddon(false).then(
  () => null,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);

/** Whether the native library is here; in the name of a suite it makes a skip visible. */
export const nativeSuite = (name: string): string =>
  nativeObstacle === null ? name : `${name} (skipped: ${nativeObstacle})`;

export function openNative(threads = 1): Promise<Device> {
  return openDevice({ device: 'native-cpu', threads, xla: false });
}
