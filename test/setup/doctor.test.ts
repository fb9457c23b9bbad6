import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { inspectMachine } from '#core/doctor.ts';
import { findNativeLibrary } from '#setup/native-library.mjs';

afterEach(() => vi.unstubAllEnvs());

it('reports the device of this machine, measured, with nothing missing', async (context) => {
  const library = findNativeLibrary();
  context.skip(library === null, 'TensorFlow is not prepared on this machine');
  const report = await inspectMachine();
  expect(report).toMatchObject({
    device: expect.stringMatching(/^native-/),
    tensorflow: '2.21.0',
    node: expect.stringMatching(/^2\d\./),
    sqlite: expect.stringMatching(/^3\./),
    duckdb: expect.stringMatching(/^1\./),
  });
  expect(report.missing.filter(({ what }) => !what.includes('GPU'))).toEqual([]);
  expect(report.gflops).toBeGreaterThan(0);
  expect(report.threads).toBeGreaterThan(0);
  expect(report.cache.bytes).toBeGreaterThan(8e8);
});

it('reports the portable device and what is missing where nothing is prepared', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-doctor-'));
  vi.stubEnv('OFFREC_CACHE', folder);
  vi.stubEnv('OFFREC_NATIVE_ADDON', '');
  try {
    const report = await inspectMachine();
    expect(report).toMatchObject({ device: 'portable', tensorflow: null, cache: { folder } });
    expect(report.gflops).toBeGreaterThan(0);
    expect(report.missing.map(({ how }) => how).join(' ')).toContain('npx offrec setup');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('names a setting that points nowhere', async () => {
  vi.stubEnv('OFFREC_NATIVE_ADDON', '/nowhere/tfjs_binding.node');
  const { device, missing } = await inspectMachine();
  expect(device).toBe('portable');
  expect(missing[0]?.what).toBe(
    'OFFREC_NATIVE_ADDON names /nowhere/tfjs_binding.node, which does not exist.',
  );
});

it('is ended by its signal and then tells nothing of what it did not try', async () => {
  const controller = new AbortController();
  const stages: string[] = [];
  const looking = inspectMachine({
    signal: controller.signal,
    onProgress: ({ stage }) => stages.push(stage),
  });
  controller.abort();
  await expect(looking).rejects.toMatchObject({ code: 'cancelled' });
  expect(stages[0]).toBe('trying the device and the libraries');
});
