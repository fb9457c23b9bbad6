import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '#contract/run.ts';
import { nativeObstacle, nativeSuite } from './compute-device.ts';

const script = fileURLToPath(new URL('../fixtures/compute/open-device.ts', import.meta.url));

interface Opened {
  info?: DeviceInfo;
  captured?: boolean;
  sum?: number;
  code?: string;
  message?: string;
  hint?: string;
}

/** What opening these devices in one process of its own gives. */
function open(requests: object[], environment: Record<string, string> = {}): Opened[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, JSON.stringify(requests)],
    {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      timeout: 60_000,
    },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Opened[];
}

const noAddon = { OFFREC_NATIVE_ADDON: '/nonexistent/addon.node' };

describe('openDevice without the native library', () => {
  it('falls back to the portable device', () => {
    const [device] = open([{ device: 'auto', threads: 2 }], noAddon);
    expect(device).toMatchObject({ captured: false, sum: 6 });
    expect(device!.info).toMatchObject({ device: 'portable', tensorflow: null, threads: 1 });
  });

  it('says what is missing when the native device is asked for, and then opens another', () => {
    const [missing, portable] = open([{ device: 'native-cpu' }, { device: 'portable' }], noAddon);
    expect(missing).toMatchObject({ code: 'native-missing' });
    expect(missing!.hint).not.toBe('');
    expect(portable).toMatchObject({ sum: 6 });
  });
});

describe.skipIf(nativeObstacle !== null)(nativeSuite('openDevice'), () => {
  it('takes a native device by itself', () => {
    const [device] = open([{ device: 'auto', threads: 2 }]);
    expect(device).toMatchObject({ captured: true, sum: 6 });
    expect(device!.info!.device).toMatch(/^native-(cpu|cuda)$/);
    expect(device!.info).toMatchObject({ threads: 2, xla: false, node: process.versions.node });
    expect(device!.info!.tensorflow).toMatch(/^2\./);
  });

  it('is once a process: the same request again gives the same device, another is refused', () => {
    const cpu = { device: 'native-cpu', threads: 1 };
    const [first, second, threads, portable] = open([
      cpu,
      cpu,
      { ...cpu, threads: 2 },
      { device: 'portable' },
    ]);
    expect(second!.info).toEqual(first!.info);
    for (const refused of [threads, portable]) {
      expect(refused).toMatchObject({ code: 'usage' });
      expect(refused!.message).toMatch(/already uses another/);
    }
  });

  it('runs with XLA where asked for', () => {
    const [device] = open([{ device: 'native-cpu', threads: 1, xla: true }]);
    expect(device).toMatchObject({ captured: true, sum: 6, info: { xla: true } });
  });

  it('says that CUDA is not there, or uses it', () => {
    const [device] = open([{ device: 'native-cuda', threads: 1 }]);
    if (device!.info === undefined)
      expect(device!.code).toMatch(/native-missing|device-unavailable/);
    else expect(device!.sum).toBe(6);
  });

  it('writes nothing on standard error', () => {
    const { stderr } = spawnSync(process.execPath, [script, '[{"device":"native-cpu"}]'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });
});
