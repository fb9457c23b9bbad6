import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import { readSafetensors, writeSafetensors } from '#engine/compute/safetensors.ts';
import type { StateTensor } from '#engine/compute/state.ts';

const folder = mkdtempSync(join(tmpdir(), 'offrec-safetensors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'weights.safetensors');

const sample: Record<string, StateTensor> = {
  'net/weight': { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0) },
  'net/empty': { shape: [0, 4], data: new Float32Array(0) },
  scalar: { shape: [], data: Float32Array.of(0.1) },
  'ids — ü': { shape: [3], data: Int32Array.of(-1, 0, 2 ** 31 - 1) },
  __proto__x: { shape: [1], data: Int32Array.of(7) },
};

function errorOf(action: () => unknown): OffrecError {
  try {
    action();
  } catch (error) {
    if (error instanceof OffrecError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A file with this header and so many bytes of data. */
function forge(header: unknown, dataBytes: number, headerBytes?: bigint): void {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
}

const tensor = (
  begin: number,
  end: number,
  shape: unknown = [(end - begin) / 4],
  dtype = 'F32',
) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  it('reads back what it wrote, NaN, −0, empty and scalar included', () => {
    writeSafetensors(file, sample, { step: '12', note: 'ü' });
    const { tensors, metadata } = readSafetensors(file);
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(sample).sort());
    for (const [name, { shape, data }] of Object.entries(sample)) {
      expect(tensors[name]!.shape).toEqual(shape);
      expect(tensors[name]!.data).toEqual(data);
    }
    expect(metadata).toEqual({ step: '12', note: 'ü' });
  });

  it('writes equal tensors as equal bytes in any order', () => {
    writeSafetensors(file, sample);
    const other = join(folder, 'other.safetensors');
    writeSafetensors(other, Object.fromEntries(Object.entries(sample).reverse()));
    expect(readFileSync(other).equals(readFileSync(file))).toBe(true);
    expect((8 + Number(readFileSync(file).readBigUInt64LE())) % 8).toBe(0);
  });

  it('keeps a tensor named like a property of every object', () => {
    const data = Float32Array.of(5);
    writeSafetensors(
      file,
      Object.fromEntries([
        ['__proto__', { shape: [1], data }],
        ['toString', { shape: [1], data }],
      ]),
    );
    const { tensors } = readSafetensors(file);
    expect(Object.keys(tensors).sort()).toEqual(['__proto__', 'toString']);
  });

  it('reports where it cannot write, and leaves no half file', () => {
    const nowhere = join(folder, 'missing', 'x.safetensors');
    expect(errorOf(() => writeSafetensors(nowhere, sample)).code).toBe('not-found');
    const wrong = { a: { shape: [2], data: Float32Array.of(1) } };
    const target = join(folder, 'wrong.safetensors');
    expect(() => writeSafetensors(target, wrong)).toThrow(/1 values/);
    expect(existsSync(target)).toBe(false);
    expect(errorOf(() => readSafetensors(nowhere)).code).toBe('not-found');
  });

  it.each<[string, unknown, number, bigint?]>([
    ['an empty header', '', 0],
    ['no JSON', '{"a":', 0],
    ['no object', '[]', 0],
    ['null', 'null', 0],
    ['a huge header', {}, 0, 2n ** 63n],
    ['a header longer than the file', {}, 0, 4000n],
    ['no offsets', { a: { dtype: 'F32', shape: [1] } }, 4],
    ['a negative offset', { a: tensor(-4, 0, [1]) }, 4],
    ['a fractional offset', { a: tensor(0.5, 4.5, [1]) }, 8],
    ['offsets in reverse', { a: tensor(4, 0, [1]) }, 4],
    ['an unknown field', { a: { ...tensor(0, 4), more: 1 } }, 4],
    ['a negative length', { a: tensor(0, 4, [-1]) }, 4],
    ['a shape of text', { a: tensor(0, 4, ['1']) }, 4],
    ['a shape that overflows', { a: tensor(0, 4, [2 ** 40, 2 ** 40]) }, 4],
    ['a shape that does not fit', { a: tensor(0, 8, [3]) }, 8],
    ['overlapping tensors', { a: tensor(0, 8), b: tensor(4, 12) }, 12],
    ['the same place twice', { a: tensor(0, 8), b: tensor(0, 8) }, 8],
    ['a hole', { a: tensor(0, 4), b: tensor(8, 12) }, 12],
    ['bytes left over', { a: tensor(0, 4) }, 5],
    ['missing data', { a: tensor(0, 8) }, 7],
    ['metadata that is no text', { __metadata__: { a: 1 }, a: tensor(0, 4) }, 4],
    ['deep nesting', '['.repeat(100_000), 0],
  ])('refuses %s', (_, header, dataBytes, headerBytes) => {
    forge(header, dataBytes, headerBytes);
    const error = errorOf(() => readSafetensors(file));
    expect(error.code).toBe('corrupt-file');
    expect(error.where).toBe(file);
    expect(error.hint).toBeDefined();
  });

  it('names a dtype that it does not read', () => {
    forge({ half: tensor(0, 4, [2], 'F16') }, 4);
    const error = errorOf(() => readSafetensors(file));
    expect(error.code).toBe('unsupported-format');
    expect(error.message).toContain('F16');
  });

  it('takes any truncation and any changed byte without harm', () => {
    writeSafetensors(file, sample, { step: '12' });
    const intact = readFileSync(file);
    const dataStart = 8 + Number(intact.readBigUInt64LE());
    const damages = fc.record({
      cut: fc.option(fc.nat(intact.length - 1), { freq: 3 }),
      changes: fc.array(fc.tuple(fc.nat(intact.length - 1), fc.nat(255)), { maxLength: 4 }),
      extra: fc.uint8Array({ maxLength: 9 }),
    });
    fc.assert(
      fc.property(damages, ({ cut, changes, extra }) => {
        const bytes = Buffer.concat([intact, extra]);
        for (const [at, value] of changes) bytes[at] = value;
        const damaged = cut === null ? bytes : bytes.subarray(0, cut);
        writeFileSync(file, damaged);
        try {
          const { tensors } = readSafetensors(file);
          // Only data or names can have changed: the places still tile the file.
          expect(damaged.length).toBe(intact.length);
          expect(Object.keys(tensors).length).toBe(Object.keys(sample).length);
        } catch (error) {
          if (!(error instanceof OffrecError)) throw error;
          expect(['corrupt-file', 'unsupported-format']).toContain(error.code);
          const headerIntact = damaged.subarray(0, dataStart).equals(intact.subarray(0, dataStart));
          expect(headerIntact && damaged.length === intact.length).toBe(false);
        }
      }),
      { numRuns: Number(process.env['OFFREC_FUZZ_RUNS'] ?? 600), seed: 5 },
    );
  });

  const python = spawnSync('python3', ['-c', 'import safetensors.numpy'], { timeout: 60_000 });
  const skipped = python.status === 0 ? '' : ' (skipped: Python has no safetensors)';

  it.skipIf(python.status !== 0)(`is read and written alike by Python${skipped}`, () => {
    writeSafetensors(file, sample, { step: '12' });
    const copy = join(folder, 'copy.safetensors');
    const script = `
import sys, numpy, safetensors, safetensors.numpy as st
tensors = st.load_file(sys.argv[1])
with safetensors.safe_open(sys.argv[1], 'numpy') as opened: assert opened.metadata() == {'step': '12'}
weight = tensors['net/weight']
assert weight.dtype == numpy.float32 and weight.shape == (2, 3), weight
assert weight[0].tolist() == [1.0, -2.0, 3.5] and numpy.isnan(weight[1, 0]), weight
assert tensors['scalar'].shape == () and tensors['net/empty'].shape == (0, 4)
assert tensors['ids — ü'].dtype == numpy.int32 and tensors['ids — ü'].tolist() == [-1, 0, 2**31 - 1]
st.save_file(tensors, sys.argv[2], {'step': '13'})
`;
    const result = spawnSync('python3', ['-c', script, file, copy], { encoding: 'utf8' });
    expect(result.stderr).toBe('');
    const { tensors, metadata } = readSafetensors(copy);
    for (const [name, { data }] of Object.entries(sample))
      expect(tensors[name]!.data).toEqual(data);
    expect(metadata).toEqual({ step: '13' });
  });
});
