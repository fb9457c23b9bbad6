import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandGrid, merge } from '#core/grid.ts';
import { canonicalJson, hashOf } from '#core/hash.ts';

const schema = {
  properties: {
    rate: { type: 'number' },
    hidden: { type: 'array' },
    either: { anyOf: [{ type: 'array' }, { type: 'null' }] },
    inner: { properties: { depth: { type: 'integer' } } },
  },
};

describe('a grid', () => {
  it('has every combination once, with a text that tells them apart', () => {
    const axis = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(axis, axis, fc.integer(), (rates, depths, other) => {
        const points = expandGrid({ rate: rates, 'inner.depth': depths, other }, schema, 'set');
        expect(points.length).toBe(rates.length * depths.length);
        expect(new Set(points.map(({ difference }) => difference)).size).toBe(points.length);
        const found = points.map(({ set }) => [
          set['rate'],
          (set['inner'] as { depth: number }).depth,
        ]);
        expect(found).toEqual(rates.flatMap((rate) => depths.map((depth) => [rate, depth])));
        expect(points.every(({ set }) => set['other'] === other)).toBe(true);
      }),
    );
  });

  it('takes lists as values where the field is a list', () => {
    expect(expandGrid({ hidden: [64, 32] }, schema, 'set')).toEqual([
      { set: { hidden: [64, 32] }, difference: '' },
    ]);
    expect(expandGrid({ either: [[1], [2]] }, schema, 'set').map(({ set }) => set)).toEqual([
      { either: [1] },
      { either: [2] },
    ]);
    expect(expandGrid({ hidden: [] }, schema, 'set')).toHaveLength(1);
  });

  it('refuses empty lists, floods and names that reach too far', () => {
    expect(() => expandGrid({ rate: [] }, schema, 'set')).toThrow(/empty/);
    const many = Array.from({ length: 101 }, (_, row) => row);
    expect(() => expandGrid({ rate: many, other: many }, schema, 'set')).toThrow(/combinations/);
    expect(() => expandGrid({ '__proto__.polluted': 1 }, schema, 'set')).toThrow(/proper name/);
    expect(() => expandGrid({ 'a..b': 1 }, schema, 'set')).toThrow(/proper name/);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('merges field by field without touching what it merges', () => {
    const base = { a: { b: 1, c: [1] }, d: 1 };
    expect(merge(base, { a: { c: [2] }, e: 3 })).toEqual({ a: { b: 1, c: [2] }, d: 1, e: 3 });
    expect(base).toEqual({ a: { b: 1, c: [1] }, d: 1 });
  });
});

describe('the hash of a value', () => {
  it('does not depend on the order of fields, and on everything else it does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(hashOf(reversed)).toBe(hashOf(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(hashOf({ a: Number.NaN })).not.toBe(hashOf({ a: null }));
    expect(hashOf({ a: undefined })).toBe(hashOf({}));
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
  });
});
