import { yaml } from '@codemirror/lang-yaml';
import { ensureSyntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { createMethods } from '#core/methods.ts';
import { yamlPlace } from '#renderer/components/experiment/yaml-path.ts';
import { suggestions } from '#renderer/lib/experiment/completion.ts';
import { readSeeds, seedsText } from '#renderer/lib/experiment/file.ts';

/** Where the `|` stands. */
function placeIn(text: string): ReturnType<typeof yamlPlace> {
  const doc = text.replace('|', '');
  const state = EditorState.create({ doc, extensions: [yaml()] });
  ensureSyntaxTree(state, doc.length, 5000);
  return yamlPlace(state, text.indexOf('|'));
}

describe('where the cursor stands in a file', () => {
  it.each([
    ['na|', [], true],
    ['name: a\npro|', [], true],
    ['protocol: n|', ['protocol'], false],
    ['compute:\n  de|', ['compute'], true],
    ['compute:\n  device: |', ['compute', 'device'], false],
    ['methods:\n  - use: dorl\n    set:\n      lam|', ['methods', 0, 'set'], true],
    ['methods:\n  - mbpo\n  - use: dorl\n    set:\n      lam|', ['methods', 1, 'set'], true],
    ['methods:\n  - { use: dorl, set: { lam| } }', ['methods', 0, 'set'], true],
    ['methods:\n  - mbpo\n  - { use: do| }', ['methods', 1, 'use'], false],
    ['datasets: [co|]', ['datasets', 0], false],
    ['datasets: [coat, ya|]', ['datasets', 1], false],
    ['protocol: { preset: nx0, us| }', ['protocol'], true],
  ])('%j', (text, path, isName) => {
    expect(placeIn(text)).toEqual({ path, isName });
  });
});

describe('what may be written there', async () => {
  const schema = await createMethods().experimentSchema();
  const labelsAt = (path: (string | number)[], uses: (string | null)[] = []) => {
    const { fields, values } = suggestions(schema, path, uses, { datasets: ['coat'] });
    return { fields: fields.map(({ label }) => label), values: values.map(({ label }) => label) };
  };

  it('are the fields and listed values of the experiment’s schema', () => {
    expect(labelsAt([]).fields).toContain('priority');
    expect(labelsAt(['methods', 0]).values).toContain('dorl');
    expect(labelsAt(['protocol']).values).toContain('nx0-stratified');
    expect(labelsAt(['protocol']).fields).toContain('exitRule');
    expect(labelsAt(['compute', 'device']).values).toContain('portable');
    expect(labelsAt(['datasets', 0]).values).toEqual(['coat']);
  });

  it('are the hyper-parameters of the method that the entry uses, with their symbols', () => {
    expect(labelsAt(['methods', 0, 'set'], ['dorl']).fields).toContain('lambdaU');
    expect(labelsAt(['methods', 0, 'set', 'negatives'], ['dorl']).values).toEqual(['zero', 'none']);
    const { fields } = suggestions(schema, ['methods', 0, 'set'], ['dorl'], { datasets: [] });
    expect(fields.find(({ label }) => label === 'lambdaU')?.detail).toContain('λ_U');
  });
});

it('reads seeds as lists and ranges, and writes them short', () => {
  expect(readSeeds('0, 1 5-7')).toEqual([0, 1, 5, 6, 7]);
  expect(readSeeds('3-1')).toBeNull();
  expect(readSeeds('0-100000')).toBeNull();
  expect(readSeeds('')).toBeNull();
  expect(seedsText([0, 1, 2, 3])).toBe('0-3');
  expect(seedsText([0, 2, 3])).toBe('0, 2, 3');
});
