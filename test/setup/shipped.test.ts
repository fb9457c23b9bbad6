import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { planCuda } from '#setup/cuda-plan.mjs';
import { cudaWheels } from '#setup/cuda-wheels.mjs';
import { projectFolder } from '#setup/locations.mjs';
import { cpuWheel } from '#setup/wheel.mjs';

const read = (...names: string[]): Buffer => readFileSync(join(projectFolder, ...names));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

it('ships an addon that was built from the shipped source', () => {
  const folder = ['resources', 'addon'];
  const record: unknown = JSON.parse(read(...folder, 'linux-x64', 'build.json').toString());
  expect(record).toMatchObject({
    source: sha256(read(...folder, 'offrec_addon.cc')),
    addon: sha256(read(...folder, 'linux-x64', 'tfjs_binding.node')),
    tensorflow: cpuWheel.version,
  });
});

it('ships an addon without paths of the machine that built it', () => {
  const text = read('resources', 'addon', 'linux-x64', 'tfjs_binding.node').toString('latin1');
  expect(text).not.toMatch(/\/(home|root|tmp|work|usr\/src)\//);
});

describe('the lock file', () => {
  const lockedSchema = z.object({
    version: z.string().optional(),
    integrity: z.string().optional(),
    resolved: z.string().optional(),
    optionalDependencies: z.record(z.string(), z.string()).optional(),
  });
  const { packages } = z
    .object({ packages: z.record(z.string(), lockedSchema) })
    .parse(JSON.parse(read('package-lock.json').toString()));

  it('holds every optional dependency of every platform, else npm ci refuses it', () => {
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(place, name)),
    );
    expect(missing).toEqual([]);
  });

  const isLocked = (place: string, name: string): boolean => {
    for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
      if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
      if (at === '') return false;
    }
  };

  it('has a version and a checksum for everything, and names no registry', () => {
    for (const [place, entry] of Object.entries(packages)) {
      if (place === '') continue;
      expect(entry, place).toMatchObject({
        version: expect.anything(),
        integrity: expect.anything(),
      });
      expect(entry.resolved, place).toBeUndefined();
    }
  });
});

describe('the plan for CUDA', () => {
  it('names every package with its sizes', () => {
    const plan = planCuda();
    expect(plan.packages.map(({ name }) => name)).toContain('nvidia-cudnn-cu12');
    expect(plan.packages[0]).toMatchObject({ name: 'tensorflow', version: cpuWheel.version });
    expect(plan.downloadBytes).toBe(cudaWheels.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const { downloadBytes, diskBytes } of plan.packages) {
      expect(diskBytes).toBeGreaterThan(downloadBytes);
    }
  });

  it('records for each a file of its own with a checksum', () => {
    for (const { project, version, file, sha256: checksum } of cudaWheels) {
      expect(file.startsWith(`${project.replaceAll('-', '_')}-${version}-`)).toBe(true);
      expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(new Set(cudaWheels.map(({ sha256: checksum }) => checksum)).size).toBe(
      cudaWheels.length,
    );
  });
});
