import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMethods } from '#core/methods.ts';
import {
  fieldsOf,
  groupFields,
  problemOf,
  rangeText,
  type Field,
  type FieldSchema,
} from '#renderer/lib/configuration/fields.ts';
import { rangeValues, stepped } from '#renderer/lib/configuration/numbers.ts';
import { symbolParts } from '#renderer/lib/configuration/symbol.ts';
import { axisText, readAxis, readValue, textOf } from '#renderer/lib/configuration/text.ts';
import {
  baseOf,
  isAxis,
  isSame,
  valueAt,
  withValueAt,
} from '#renderer/lib/configuration/values.ts';

const dorl = await createMethods().show('dorl');
const fields = fieldsOf(dorl.jsonSchema as FieldSchema);
function field(key: string): Field {
  const found = fields.find((each) => each.key === key);
  if (found === undefined) throw new Error(`no field ${key}`);
  return found;
}

describe('fields from a schema', () => {
  it('are all of the method’s, with what its configuration says of them', () => {
    expect(fields.map(({ key }) => key).toSorted()).toEqual(Object.keys(dorl.defaults).toSorted());
    expect(field('lambdaU')).toMatchObject({ symbol: 'λ_U', kind: 'number', default: 0.005 });
    expect(field('worldModelSeed')).toMatchObject({ kind: 'integer', nullable: true });
    expect(field('worldModelHidden')).toMatchObject({ kind: 'list', item: 'integer' });
    expect(field('negatives')).toMatchObject({ kind: 'choice', options: ['zero', 'none'] });
    expect(groupFields(fields).map(({ title }) => title)).toContain('Simulated reward');
    // Every default passes its own check: a form that refuses what it starts with is wrong.
    expect(fields.filter((each) => problemOf(each, each.default) !== null)).toEqual([]);
  });

  it('tell ranges and problems in the schema’s words', () => {
    expect(rangeText(field('gamma'))).toBe('0 to 1');
    expect(rangeText(field('learningRate'))).toBe('above 0, at most 1');
    expect(rangeText(field('maxGradientNorm'))).toBe('above 0');
    expect(rangeText(field('environments'))).toBe('1 to 10,000');
    expect(problemOf(field('gamma'), 2)).toContain('<=1');
    expect(problemOf(field('policyHidden'), [64, 0])).toMatch(/^entry 2: .*>=1/);
    expect(problemOf(field('maxGradientNorm'), null)).toBeNull();
  });

  it('lie inside objects by their path', () => {
    const nested = fieldsOf({
      properties: {
        schedule: {
          title: 'Schedule',
          properties: { rate: { type: 'number', default: 1 }, kind: { const: 'a' } },
        },
      },
    });
    expect(nested.map(({ key, group, kind }) => [key, group, kind])).toEqual([
      ['schedule.rate', 'Schedule', 'number'],
      ['schedule.kind', 'Schedule', 'json'],
    ]);
  });
});

describe('what a value is when nobody changes it', () => {
  const presets = [
    { title: 'coat', source: 'a paper', values: { lambdaU: 0.01 } },
    { title: 'clicks', source: null, values: {} },
  ];
  it('comes from the default, from presets, or differs', () => {
    expect(baseOf(field('gamma'), presets)).toMatchObject({ origin: 'default', value: 0.9 });
    expect(baseOf(field('lambdaU'), presets.slice(0, 1))).toMatchObject({
      origin: 'preset',
      value: 0.01,
    });
    const mixed = baseOf(field('lambdaU'), presets);
    expect(mixed).toMatchObject({ origin: 'mixed', value: undefined });
    expect(mixed.sources.map(({ value }) => value)).toEqual([0.01, 0.005]);
  });

  it('tells a list of values from a value that is a list', () => {
    expect(isAxis(field('gamma'), [0.9, 0.99])).toBe(true);
    expect(isAxis(field('policyHidden'), [64, 64])).toBe(false);
    expect(isAxis(field('policyHidden'), [[64], [128]])).toBe(true);
  });
});

describe('paths in settings', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.integer(),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { minKeys: 1 }),
    ),
  })).node;
  const settings = fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree);

  it('hold what was put there, and nothing after it is taken out', () => {
    fc.assert(
      fc.property(settings, path, fc.integer(), (before, at, value) => {
        const after = withValueAt(before, at, value);
        expect(valueAt(after, at)).toBe(value);
        expect(valueAt(withValueAt(after, at, undefined), at)).toBeUndefined();
      }),
    );
  });

  it('find names that are written with dots', () => {
    expect(valueAt({ 'a.b': 1 }, ['a', 'b'])).toBe(1);
  });
});

describe('values as text', () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
  it('are read as they were written', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        const typed = readValue(field('gamma'), textOf(value));
        expect('value' in typed && isSame(typed.value, value === 0 ? 0 : value)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat()), { minLength: 1 }), (lists) => {
        const hidden = field('policyHidden');
        expect(readAxis(hidden, axisText(hidden, lists))).toEqual({ value: lists });
      }),
    );
  });

  it('say why they are none', () => {
    expect(readValue(field('epochs'), '1.5')).toEqual({ problem: '1.5 is no whole number.' });
    expect(readValue(field('gamma'), 'much')).toEqual({ problem: "'much' is no number." });
    expect(readValue(field('maxGradientNorm'), '')).toEqual({ value: null });
    expect(readAxis(field('gamma'), '0.9, 0.99')).toEqual({ value: [0.9, 0.99] });
  });
});

describe('steps and ranges', () => {
  it('go by one, by a hundredth, or along 1, 2, 5', () => {
    expect(stepped(3, true, field('window'))).toBe(4);
    expect(stepped(95, true, field('window'), true)).toBe(100);
    expect(stepped(1, false, field('window'))).toBe(1);
    expect(stepped(0.9, true, field('gamma'))).toBe(0.91);
    expect(stepped(1, true, field('gamma'))).toBe(1);
    expect(stepped(0.001, true, field('learningRate'))).toBe(0.002);
    expect(stepped(0.005, false, field('lambdaU'))).toBe(0.002);
    expect(stepped(0, true, field('lambdaU'))).toBe(0.001);
    expect(stepped(0, false, field('lambdaU'))).toBe(0);
  });

  it('space values evenly, by a ratio, or by powers', () => {
    const at = { from: 1, to: 100, count: 3, base: 10 };
    expect(rangeValues({ ...at, spacing: 'linear' }, false)).toEqual([1, 50.5, 100]);
    expect(rangeValues({ ...at, spacing: 'logarithmic' }, false)).toEqual([1, 10, 100]);
    expect(rangeValues({ ...at, from: 0.001, to: 1, spacing: 'powers' }, false)).toEqual([
      0.001, 0.01, 0.1, 1,
    ]);
    expect(rangeValues({ ...at, to: 3, count: 5, spacing: 'linear' }, true)).toEqual([1, 2, 3]);
    expect(rangeValues({ ...at, from: 0, spacing: 'logarithmic' }, false)).toBeNull();
  });
});

it('splits symbols of papers', () => {
  expect(symbolParts('λ_U')).toEqual({ stem: 'λ', below: 'U', above: '' });
  expect(symbolParts('K_{sel}^2')).toEqual({ stem: 'K', below: 'sel', above: '2' });
  expect(symbolParts('γ')).toEqual({ stem: 'γ', below: '', above: '' });
});
