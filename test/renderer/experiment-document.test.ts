import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editText, readText, type FilePath } from '#renderer/lib/experiment/document.ts';

const sample = `# A study of penalties.
name: storm # short

# Both are small.
datasets: [coat, yahoo] # in this order
methods:
  # the reference
  - mbpo
  - use: dorl # with changes
    set:
      # smaller than published
      lambdaU: [0.005, 0.05]
      a.b: 3 # dotted
seeds:
  - 0
  - 1 # lucky
protocol: nx0 # the headline
x-unknown: { kept: true } # nobody knows

# the end
`;
const commentsOf = (text: string): string[] =>
  [...text.matchAll(/#(.*)$/gm)].map(([, comment = '']) => comment.trim()).toSorted();

function edited(...[path, value]: [FilePath, unknown]): string {
  const text = editText(sample, path, value);
  expect(commentsOf(text)).toEqual(commentsOf(sample));
  return text;
}
const valueOf = (text: string): unknown => readText(text).value;

describe('editing an experiment file through the form', () => {
  it('changes what it says and nothing else', () => {
    const text = edited(['name'], 'calm');
    expect(text).toBe(sample.replace('storm', 'calm'));
  });

  it('writes names out where they get fields', () => {
    const text = edited(['methods', 0, 'set', 'epochs'], 5);
    expect(valueOf(text)).toMatchObject({ methods: [{ use: 'mbpo', set: { epochs: 5 } }, {}] });
    expect(valueOf(edited(['protocol', 'maxLength'], 10))).toMatchObject({
      protocol: { preset: 'nx0', maxLength: 10 },
    });
  });

  it('follows names with dots, and prunes what it emptied', () => {
    expect(edited(['methods', 1, 'set', 'a', 'b'], 4)).toContain('a.b: 4 # dotted');
    const one = edited(['methods', 1, 'set', 'a', 'b'], undefined);
    const none = editText(one, ['methods', 1, 'set', 'lambdaU'], undefined);
    expect(commentsOf(none)).toEqual(commentsOf(sample));
    expect(valueOf(none)).toMatchObject({ methods: ['mbpo', { use: 'dorl' }] });
    expect(none).not.toContain('set:');
  });

  it('keeps the items of a list that stay', () => {
    const text = edited(['seeds'], [1, 2]);
    expect(text).toContain('- 1 # lucky');
    expect(valueOf(text)).toMatchObject({ seeds: [1, 2] });
    expect(valueOf(edited(['datasets'], ['yahoo']))).toMatchObject({ datasets: ['yahoo'] });
  });

  it('removes methods, with their comments handed on', () => {
    expect(valueOf(edited(['methods', 1], undefined))).toMatchObject({ methods: ['mbpo'] });
    expect(valueOf(edited(['methods', 0], undefined))).toMatchObject({
      methods: [{ use: 'dorl' }],
    });
  });

  it('begins an empty file, and leaves one that cannot be read', () => {
    expect(valueOf(editText('', ['name'], 'a'))).toEqual({ name: 'a' });
    expect(valueOf(editText('# only this\n', ['seeds'], [0]))).toEqual({ seeds: [0] });
    expect(editText('a: [', ['name'], 'b')).toBe('a: [');
    expect(readText('a: 1\nb: [').problem).toMatchObject({ line: 2 });
    expect(readText('- 1').problem?.message).toContain('map');
  });

  it('writes out an alias that is edited, and keeps its anchor', () => {
    const text = 'methods:\n  - &one { use: dorl, set: { epochs: 1 } }\n  - *one\n';
    const changed = editText(text, ['methods', 1, 'set', 'epochs'], 2);
    expect(valueOf(changed)).toEqual({
      methods: [
        { use: 'dorl', set: { epochs: 1 } },
        { use: 'dorl', set: { epochs: 2 } },
      ],
    });
    // The alias stays when what it repeats is taken out: it takes its place.
    const without = editText(text, ['methods', 0], undefined);
    expect(valueOf(without)).toEqual({ methods: [{ use: 'dorl', set: { epochs: 1 } }] });
  });
});

describe('any edits in any order', () => {
  const scalar = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  );
  const edits = fc.array(
    fc.oneof(
      fc.tuple(
        fc.constantFrom<FilePath>(
          ['name'],
          ['description'],
          ['priority'],
          ['methods', 0, 'label'],
          ['methods', 1, 'set', 'lambdaU'],
          ['methods', 1, 'set', 'c'],
          ['methods', 0, 'set', 'd', 'e'],
          ['protocol', 'maxLength'],
          ['compute', 'threads'],
        ),
        fc.oneof(scalar, fc.constant(undefined), fc.array(fc.integer(), { maxLength: 3 })),
      ),
      fc.tuple(
        fc.constantFrom<FilePath>(['seeds'], ['datasets']),
        fc.uniqueArray(fc.nat(5), { maxLength: 4 }),
      ),
    ),
    { maxLength: 8 },
  );

  it('lose no comment and no part that the form does not know, and say what they were told', () => {
    fc.assert(
      fc.property(edits, (all) => {
        let text = sample;
        for (const [path, value] of all) {
          text = editText(text, path, value);
          const now = readText(text);
          expect(now.problem).toBeNull();
          const found = path.reduce<unknown>(
            (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
            now.value,
          );
          expect(found).toEqual(value);
        }

        for (const comment of commentsOf(sample)) expect(text).toContain(`# ${comment}`);
        expect(valueOf(text)).toMatchObject({ 'x-unknown': { kept: true } });
        // What was printed reads as itself.
        expect(valueOf(editText(text, ['x-unknown', 'kept'], true))).toEqual(valueOf(text));
      }),
      { numRuns: 300 },
    );
  });
});

it('writes the first methods of an empty list on lines of their own', () => {
  const text = editText('datasets: []\nmethods: []\n', ['methods', 0], 'dorl');
  const more = editText(editText(text, ['datasets'], ['coat']), ['methods', 0, 'set', 'epochs'], 5);
  expect(more).toBe('datasets: [coat]\nmethods:\n  - use: dorl\n    set:\n      epochs: 5\n');
});
