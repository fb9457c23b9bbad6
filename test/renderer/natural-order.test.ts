import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNames } from '#renderer/lib/natural-order.ts';

const sorted = (...names: string[]): string[] => [...names].sort(compareNames);

describe('names with numbers', () => {
  it('come in the order of the numbers, decimals and exponents too', () => {
    expect(sorted('λ=0.1', 'λ=0.01', 'λ=0.2', 'λ=0.02', 'λ=1e-3', 'λ=10')).toEqual([
      'λ=1e-3',
      'λ=0.01',
      'λ=0.02',
      'λ=0.1',
      'λ=0.2',
      'λ=10',
    ]);
    expect(sorted('x (a=-0.5)', 'x (a=0)', 'x (a=-2)')).toEqual([
      'x (a=-2)',
      'x (a=-0.5)',
      'x (a=0)',
    ]);
  });

  it('take a hyphen within a name for no minus', () => {
    expect(sorted('sweep-10', 'sweep-2', 'sweep')).toEqual(['sweep', 'sweep-2', 'sweep-10']);
  });

  it('have one order however they are given', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'B', '-', '=', '.', '0', '1', '5', ' ') });
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
        const [x = '', y = '', z = ''] = sorted(a, b, c);
        expect(compareNames(x, y)).toBeLessThanOrEqual(0);
        expect(compareNames(x, z)).toBeLessThanOrEqual(0);
        expect(compareNames(y, z)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
