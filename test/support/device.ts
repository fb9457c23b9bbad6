import { openDevice, type Device } from '../../src-main/engine/compute/device.ts';

/** The device of a test process: the best there is, one thread, so that bits can be compared. */
export function testDevice(): Promise<Device> {
  return openDevice({ device: 'auto', threads: 1, xla: false });
}
