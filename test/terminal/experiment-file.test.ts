import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseExperimentFile, readExperimentText } from '#core/experiment-file/experiment-file.ts';
import { OffrecError } from '#contract/errors.ts';
import { experimentFileSchema, type ExperimentFile } from '#contract/experiment.ts';
import { temporaryFolder } from './offrec.ts';

const example = `name: coat-dorl          # an experiment file
datasets: [coat]
methods: [mbpo, { use: dorl, label: DORL strong, set: { lambdaU: [0.005, 0.05], epochs: 200 } }]
seeds: [0, 1, 2]
protocol: nx0            # a preset's name, or the fields themselves
`;
const small = 'name: a\ndatasets: [coat]\nmethods: [mbpo, dorl]\n';

/** The error that a text is refused with. */
function refusal(text: string, filename = 'x.yaml', sets: readonly string[] = []): OffrecError {
  try {
    parseExperimentFile(text, filename, sets);
  } catch (error) {
    if (error instanceof OffrecError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('an experiment file', () => {
  it('is read as written, with defaults for what is left out', () => {
    expect(parseExperimentFile(example, 'x.yaml').file).toEqual({
      name: 'coat-dorl',
      datasets: ['coat'],
      methods: [
        'mbpo',
        { use: 'dorl', label: 'DORL strong', set: { lambdaU: [0.005, 0.05], epochs: 200 } },
      ],
      seeds: [0, 1, 2],
      protocol: 'nx0',
      compute: {},
      priority: 0,
    });
    expect(parseExperimentFile(small, 'x.yaml').file.seeds).toEqual([0]);
  });

  it('may be JSON, which is read as JSON', () => {
    const { file } = parseExperimentFile(example, 'x.yaml');
    expect(parseExperimentFile(JSON.stringify(file, null, '\t'), 'x.json').file).toEqual(file);
    expect(refusal('{"name": "a",}', 'x.json').message).toContain('JSON');
    expect(refusal('name: a', 'x.json').message).toContain('JSON');
  });

  it('may have CRLF, a byte-order mark and Latin names in labels', () => {
    const text = `\ufeff${example.replaceAll('\n', '\r\n').replace('strong', 'größer')}`;
    expect(parseExperimentFile(text, 'x.yaml').file.methods[1]).toMatchObject({
      label: 'DORL größer',
    });
  });

  it('may name a part of a protocol without losing what the preset says', () => {
    const text = `${small}protocol: { preset: fb, episodes: 50 }\ncompute: { threads: 2 }\n`;
    expect(parseExperimentFile(text, 'x.yaml').file).toMatchObject({
      protocol: { preset: 'fb', episodes: 50 },
      compute: { threads: 2 },
    });
    expect(parseExperimentFile(text, 'x.yaml').file.protocol).not.toHaveProperty('repeats');
  });
});

describe('a refused experiment file', () => {
  it.each([
    ['a misspelt field', `${small}sedes: [1]`, 'x.yaml:4:8, sedes', "Did you mean 'seeds'?"],
    [
      'a misspelt field of a method',
      'name: a\ndatasets: [coat]\nmethods:\n  - use: mbpo\n    lable: x\n',
      'x.yaml:5:12, methods[0].lable',
      "Did you mean 'label'?",
    ],
    [
      'a misspelt field of a protocol',
      `${small}protocol: { episode: 3 }`,
      'x.yaml:4:22, protocol.episode',
      "Did you mean 'episodes'?",
    ],
    ['a wrong type', `${small}seeds: many`, 'x.yaml:4:8, seeds', undefined],
    ['a negative seed', `${small}seeds: [0, -1]`, 'x.yaml:4:12, seeds[1]', undefined],
    ['a huge seed', `${small}seeds: [99999999999999999999]`, 'x.yaml:4:9, seeds[0]', undefined],
    ['a seed twice', `${small}seeds: [3, 3]`, 'x.yaml:4:12, seeds[1]', 'Remove one.'],
    ['NaN', `${small}seeds: [.nan]`, 'x.yaml:4:9', 'Write a finite number.'],
    ['infinity', 'name: a\nx: [.inf]', 'x.yaml:2:5', 'Write a finite number.'],
    [
      'a key twice',
      `${small}name: b`,
      'x.yaml:4:1',
      'Remove one; for several values write a list.',
    ],
    ['a path as name', small.replace('name: a', 'name: ../../etc'), 'x.yaml:1:7, name', undefined],
    [
      'a path as dataset',
      small.replace('[coat]', '["../x"]'),
      'x.yaml:2:12, datasets[0]',
      undefined,
    ],
    ['a foreign tag', 'name: !!js/function x', 'x.yaml:1:7', undefined],
    ['two documents', `${small}---\n${small}`, 'x.yaml:4:1', undefined],
    ['a truncated list', 'name: a\ndatasets: [coat\nmethods: [mb', 'x.yaml:3:1', undefined],
    ['a scalar', 'hello', 'x.yaml:1:1', undefined],
    ['a list', '- a', 'x.yaml:1:1', undefined],
    ['nothing', '', 'x.yaml', undefined],
    ['comments only', '# nothing\n', 'x.yaml:1:1', undefined],
    ['the name __proto__', '__proto__: { a: 1 }', 'x.yaml:1:1', undefined],
    ['a map as a key', '? { a: 1 }\n: 2', 'x.yaml:1:3', undefined],
  ])('names the place of %s', (_what, text, where, hint) => {
    const error = refusal(text);
    expect(error.code).toBe('invalid-input');
    expect(error.where).toBe(where);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it.each([
    [
      'seeds: 0-2',
      "The field 'seeds' must be a list, not the text '0-2'.",
      'Write its entries in brackets, with commas between them.',
    ],
    ['seeds: [0, 1.5]', "The field 'seeds[1]' must be a whole number, not 1.5.", undefined],
    ['seeds: [0, -1]', "The field 'seeds[1]' must be at least 0.", undefined],
    ['seeds: []', "The field 'seeds' must have at least 1 entry.", undefined],
    ['priority: high', "The field 'priority' must be a number, not the text 'high'.", undefined],
    [
      'protocol: nx11',
      "The field 'protocol' must be one of nx0, fb, nx10, nx0-stratified, not the text 'nx11'.",
      "Did you mean 'nx10'?",
    ],
    [
      'protocol: { episodes: many }',
      "The field 'episodes' must be a number, not the text 'many'.",
      undefined,
    ],
    ['datasets:', "The field 'datasets' must be a list, not empty.", undefined],
    ['datasets: []', 'An experiment needs at least one dataset.', undefined],
  ])('says of %s what it must be', (line, message, hint) => {
    const field = line.slice(0, line.indexOf(':') + 1);
    const others = small.split('\n').filter((each) => !each.startsWith(field));
    const error = refusal(`${others.join('\n')}${line}\n`);
    expect(error.message).toContain(message);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it('tells all problems together, each with its place', () => {
    const error = refusal('name: a\ndataset: [coat]\nmethods: [{ use: mbpo, lable: x }]\n');
    expect(error.message).toContain('3 problems');
    expect(error.message).toContain("x.yaml:1:1, datasets: The field 'datasets' is missing.");
    expect(error.message).toContain('x.yaml:3:31, methods[0].lable');
    expect(error.where).toBe('x.yaml');
  });

  it('is refused quickly when it is made to exhaust the reader', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
      .concat(
        [...'bcdefghi'].map((name, at) => {
          const before = 'abcdefgh'[at] ?? '';
          return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
        }),
      )
      .join('\n');
    expect(refusal(bomb).message).toContain('aliases');
    expect(refusal('['.repeat(100_000)).message).toContain('deep');
    expect(refusal(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 'x.json').message).toContain(
      'deep',
    );
    expect(refusal(`a: ${'[[[[[[[[[['.repeat(6)}${']]]]]]]]]]'.repeat(6)}`).message).toContain(
      'deep',
    );
    expect(refusal(Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`).join('\n')).code).toBe(
      'invalid-input',
    );
    expect(refusal('x'.repeat(1_000_001)).message).toContain('1000000 bytes');
  });

  it('never crashes the reader, whatever the bytes', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(...'[]{}:-&*!|>"\'#%@`,? \n\tab01~'), maxLength: 200 }),
      fc.nat(example.length).map((length) => example.slice(0, length)),
      fc
        .tuple(fc.nat(example.length - 1), fc.string({ unit: 'binary', maxLength: 3 }))
        .map(([at, text]) => example.slice(0, at) + text + example.slice(at + 1)),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('x.yaml', 'x.json'), (text, filename) => {
        try {
          expect(
            experimentFileSchema.safeParse(parseExperimentFile(text, filename).file).success,
          ).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(OffrecError);
          expect((error as OffrecError).where).toContain(filename);
        }
      }),
      { numRuns: process.env['OFFREC_SOAK'] === '1' ? 50_000 : 500 },
    );
  });
});

describe('any experiment', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
  const setting = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.string({ maxLength: 20 }),
    fc.array(fc.integer(), { maxLength: 3 }),
  );
  const field = fc.stringMatching(/^[a-z][A-Za-z]{0,10}$/);
  const use = fc.oneof(
    name,
    fc.record({
      use: name,
      set: fc.dictionary(field, setting, { maxKeys: 4, noNullPrototype: true }),
    }),
  );
  const file: fc.Arbitrary<ExperimentFile> = fc.record({
    name,
    datasets: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    methods: fc.array(use, { minLength: 1, maxLength: 4 }),
    seeds: fc.uniqueArray(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 5 }),
    protocol: fc.constantFrom('nx0' as const, 'fb' as const),
    compute: fc.constant({}),
    priority: fc.integer({ min: -100, max: 100 }),
  });

  it('reads the same from YAML, flow YAML and JSON', () => {
    fc.assert(
      fc.property(file, (wanted) => {
        const plain = JSON.parse(JSON.stringify(wanted)) as unknown;
        for (const [text, filename] of [
          [stringify(plain), 'x.yaml'],
          [stringify(plain, { collectionStyle: 'flow' }), 'x.yml'],
          [JSON.stringify(plain), 'x.json'],
        ] as const) {
          expect(JSON.parse(JSON.stringify(parseExperimentFile(text, filename).file))).toEqual(
            plain,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes any value from --set and says which --set was wrong', () => {
    fc.assert(
      fc.property(field, fc.jsonValue({ maxDepth: 2, noUnicodeString: true }), (key, value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        const set = `methods[1].set.${key}=${text}`;
        const { file: parsed } = parseExperimentFile(small, 'x.yaml', [set]);
        const changed = parsed.methods[1] as { set: Record<string, unknown> };
        expect(changed.set[key]).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        try {
          parseExperimentFile(small, 'x.yaml', [text]);
        } catch (error) {
          expect(error).toBeInstanceOf(OffrecError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('--set', () => {
  const methods = (sets: readonly string[]) =>
    parseExperimentFile(small, 'x.yaml', sets).file.methods;

  it('reaches fields by path, by position and by star', () => {
    expect(methods(['methods[0].set.epochs=5', 'methods.1.label=D'])).toEqual([
      { use: 'mbpo', set: { epochs: 5 } },
      { use: 'dorl', label: 'D', set: {} },
    ]);
    expect(methods(['methods[*].set.epochs=5'])).toEqual([
      { use: 'mbpo', set: { epochs: 5 } },
      { use: 'dorl', set: { epochs: 5 } },
    ]);
  });

  it('takes a hyper-parameter for all methods, or for those of a name', () => {
    expect(methods(['epochs=5', 'dorl.lambdaU=[0.1,0.2]'])).toEqual([
      { use: 'mbpo', set: { epochs: 5 } },
      { use: 'dorl', set: { epochs: 5, lambdaU: [0.1, 0.2] } },
    ]);
  });

  it('changes a part of a protocol that is named by its preset', () => {
    const text = `${small}protocol: fb\n`;
    const { file } = parseExperimentFile(text, 'x.yaml', ['protocol.episodes=7', 'seeds=[4,5]']);
    expect(file).toMatchObject({ protocol: { preset: 'fb', episodes: 7 }, seeds: [4, 5] });
  });

  it.each([
    ['methods[7].set.epochs=1', 'methods has 2 entries'],
    ['name.x=1', 'name has no fields'],
    ['seeds', 'has no value'],
    ['=1', 'has no value'],
    ['a b=1', 'is no path'],
    ['methods[=1', 'is no path'],
    ['seeds=[1', 'YAML'],
    ['name[0]=1', 'is no list'],
  ])('refuses %s', (set, message) => {
    const error = refusal(small, 'x.yaml', [set]);
    expect(error).toMatchObject({ code: 'usage' });
    expect(error.message).toContain(message);
  });

  it('is named when its value is wrong', () => {
    expect(refusal(small, 'x.yaml', ['seeds=x'])).toMatchObject({
      code: 'invalid-input',
      where: '--set seeds=x, seeds',
    });
  });
});

describe('reading from disk', () => {
  it('refuses what is not there, no file, not UTF-8, or too large', async () => {
    using folder = temporaryFolder();
    const file = (name: string, content: Uint8Array | string): string => {
      writeFileSync(join(folder.path, name), content);
      return join(folder.path, name);
    };
    const code = async (path: string): Promise<string> => {
      const error: unknown = await readExperimentText(path).catch((reason: unknown) => reason);
      return error instanceof OffrecError ? error.code : String(error);
    };
    mkdirSync(join(folder.path, 'folder.yaml'));
    expect(await code(join(folder.path, 'absent.yaml'))).toBe('not-found');
    expect(await code(join(folder.path, 'folder.yaml'))).toBe('invalid-input');
    expect(await code(file('latin.yaml', Buffer.from('name: a\xff', 'latin1')))).toBe(
      'invalid-input',
    );
    expect(await code(file('utf16.yaml', Buffer.from(`\ufeff${example}`, 'utf16le')))).toBe(
      'invalid-input',
    );
    expect(await code(file('large.yaml', Buffer.alloc(2_000_000, 'a')))).toBe('invalid-input');
    expect(await readExperimentText(file('good.yaml', example))).toBe(example);
  });
});
