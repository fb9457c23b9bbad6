import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OffrecError } from '../../../src-preload/contract/errors.ts';
import { resolveProtocol } from '../../../src-main/engine/evaluation/protocol.ts';
import { inspectCheckpoint } from '../../../src-main/engine/training/checkpoint-files.ts';
import {
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
  type ReadCheckpoint,
  type RunState,
} from '../../../src-main/engine/training/checkpoint.ts';

const runs = process.env['OFFREC_SOAK'] === '1' ? 20_000 : 300;

const state: RunState = {
  spec: {
    dataset: 'world',
    datasetChecksum: 'a'.repeat(64),
    method: 'dorl',
    config: { epochs: 2 },
    seed: 1,
    protocol: resolveProtocol('nx0'),
    compute: { device: 'auto', threads: 1, xla: false },
  },
  device: { device: 'native-cpu', tensorflow: '2.21.0', node: '24', threads: 1, xla: false },
  phase: 1,
  phaseName: 'policy',
  done: 1234,
  final: false,
  values: { epoch: 3, loss: NaN, totals: [1.5, -0] },
  random: { sampling: '00ff' },
  randomBeforePhase: { sampling: '0000' },
  metricCount: 7,
  metricsHash: 'b'.repeat(64),
};
const tensors = {
  weight: { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, NaN, 6]) },
  order: { shape: [3], data: Int32Array.from([2, 0, 1]) },
};

let folder: string;
let original: string;
let sound: ReadCheckpoint;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offrec-checkpoint-'));
  const run = join(folder, 'run');
  mkdirSync(join(run, 'artefacts', 'acting-model'), { recursive: true });
  writeFileSync(join(run, 'artefacts', 'model.bin'), 'model');
  writeFileSync(join(run, 'artefacts', 'acting-model', 'graph.pb'), 'graph');
  const { name } = writeCheckpoint(run, state, tensors);
  original = join(run, 'checkpoints', name);
  sound = await readCheckpoint(original);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = [
  'weights.safetensors',
  'state.json',
  'manifest.json',
  'artefacts/model.bin',
  'artefacts/acting-model/graph.pb',
];

type Damage = { file: string } & (
  | { kind: 'flip'; place: number; bit: number }
  | { kind: 'cut'; place: number }
  | { kind: 'append'; text: string }
  | { kind: 'replace'; text: string }
  | { kind: 'remove' }
);

const damage: fc.Arbitrary<Damage> = fc
  .tuple(
    fc.constantFrom(...files),
    fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), place: fc.nat(), bit: fc.nat(7) }),
      fc.record({ kind: fc.constant('cut' as const), place: fc.nat() }),
      fc.record({ kind: fc.constant('append' as const), text: fc.string({ minLength: 1 }) }),
      fc.record({ kind: fc.constant('replace' as const), text: fc.string() }),
      fc.record({ kind: fc.constant('remove' as const) }),
    ),
  )
  .map(([file, how]) => ({ file, ...how }));

function apply(copy: string, how: Damage): void {
  const file = join(copy, how.file);
  const bytes = readFileSync(file);
  if (how.kind === 'remove') return rmSync(file);
  if (how.kind === 'replace') return writeFileSync(file, how.text);
  if (how.kind === 'append')
    return writeFileSync(file, Buffer.concat([bytes, Buffer.from(how.text)]));
  const place = how.place % bytes.length;
  if (how.kind === 'cut') return writeFileSync(file, bytes.subarray(0, place));
  bytes[place] = bytes[place]! ^ (1 << how.bit);
  writeFileSync(file, bytes);
}

describe('a checkpoint', () => {
  it('reads back what was written, artefacts included', async () => {
    expect(sound.state).toEqual({ format: 1, ...state });
    expect(sound.tensors['weight']).toEqual(tensors.weight);
    expect(sound.tensors['order']).toEqual(tensors.order);
    const { files: listed, problems } = await inspectCheckpoint(original);
    expect(problems).toEqual([]);
    expect(listed.map(({ name }) => name).sort()).toEqual(
      files.filter((name) => name !== 'manifest.json').sort(),
    );
  });

  it('with any damage is refused, or reads back the same', async () => {
    const copy = join(folder, 'copy');
    const property = fc.asyncProperty(damage, async (how) => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(original, copy, { recursive: true });
      apply(copy, how);
      try {
        expect(await readCheckpoint(copy)).toEqual(sound);
      } catch (error) {
        if (!(error instanceof OffrecError)) throw error;
        expect(['corrupt-file', 'checksum-mismatch', 'version-mismatch', 'not-found']).toContain(
          error.code,
        );
        expect(error.where).toBeDefined();
      }
    });
    await fc.assert(property, { numRuns: runs, seed: 11 });
  });

  it('cannot make a reader look outside its folder', async () => {
    const copy = join(folder, 'outside');
    cpSync(original, copy, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8')) as {
      files: Record<string, unknown>;
    };
    for (const name of ['../secret', '/etc/passwd', 'a/../../secret', '..', 'artefacts/../../x']) {
      const changed = {
        ...manifest,
        files: { ...manifest.files, [name]: { bytes: 1, sha256: 'c'.repeat(64) } },
      };
      writeFileSync(join(copy, 'manifest.json'), JSON.stringify(changed));
      await expect(readCheckpoint(copy)).rejects.toThrow(/manifest is damaged/);
    }
  });
});

describe('checkpoints of a run', () => {
  it('are pruned to the newest, with what an interrupted write left; the final one stays', () => {
    const run = join(folder, 'pruned');
    for (const done of [10, 30, 20]) writeCheckpoint(run, { ...state, done }, tensors);
    const { name: final } = writeCheckpoint(run, { ...state, final: true }, tensors);
    const partial = join(run, 'checkpoints', 'phase-1-000000000040.x.partial');
    mkdirSync(partial);
    pruneCheckpoints(run, 2);
    const left = ['phase-1-000000000020', 'phase-1-000000000030', final];
    for (const name of left)
      expect(() => readFileSync(join(run, 'checkpoints', name, 'state.json'))).not.toThrow();
    expect(() =>
      readFileSync(join(run, 'checkpoints', 'phase-1-000000000010', 'state.json')),
    ).toThrow();
    expect(() => readFileSync(partial)).toThrow();
  });
});
