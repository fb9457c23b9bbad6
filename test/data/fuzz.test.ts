import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAsciiMatrix } from '#engine/data/ascii-matrix.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { importCoat } from '#engine/data/import-coat.ts';
import { importLog } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { makeSyntheticWorld } from '#engine/data/synthetic-world.ts';
import { fuzzRuns, fuzzTimeoutMs, mutate, mutations, referenceCsv, refusedOr } from './fuzz.ts';
import { coatLookalike, namesIn, temporaryFolder, writeCoat, writeText } from './helpers.ts';

interface Row {
  user: string;
  item: string;
  reward: number;
  note: string;
}

const idText = fc.oneof(
  fc.integer({ min: -5, max: 50 }).map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .map((text) => text.replaceAll(/[\0\r]/g, 'x').trim())
    .filter((text) => text !== '' && text === text.normalize()),
);

const logRows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    user: idText,
    item: idText,
    reward: fc
      .float({ noNaN: true, noDefaultInfinity: true })
      .map((value) => (value === 0 ? 0 : value)),
    note: fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', '\t', ' ', 'é', ';', "'"),
      maxLength: 6,
    }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What a dataset must hold for given rows: ids numbered by value, rows in order. */
function expectRows(
  dataset: Dataset,
  rows: readonly Pick<Row, 'user' | 'item' | 'reward'>[],
): void {
  const codes = (ids: readonly string[]) => {
    const distinct = [...new Set(ids)];
    const numeric = distinct.every(
      (id) => /^(0|-?[1-9]\d*)$/.test(id) && BigInt.asIntN(64, BigInt(id)) === BigInt(id),
    );
    const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const byValue = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : 1);
    distinct.sort(numeric ? byValue : byBytes);
    return ids.map((id) => distinct.indexOf(id));
  };
  expect([...dataset.train.users]).toEqual(codes(rows.map((row) => row.user)));
  expect([...dataset.train.items]).toEqual(codes(rows.map((row) => row.item)));
  expect([...dataset.train.rewards]).toEqual(rows.map((row) => Math.fround(row.reward)));
}

/** Imports a file into a fresh name; whatever happens, nothing half done may stay. */
async function tryImport(
  root: string,
  file: string,
  onBadRow: 'fail' | 'skip' = 'fail',
): Promise<Dataset | null> {
  const into = join(root, 'sets');
  await rm(into, { recursive: true, force: true });
  const map = { user: 'user', item: 'item', reward: 'reward' };
  const manifest = await refusedOr(importLog({ file, map, name: 'log', into, onBadRow }));
  expect(await namesIn(into)).toEqual(manifest === null ? [] : ['log']);
  return manifest === null ? null : openDataset(join(into, 'log'), { verify: true });
}

const style = fc.record({
  delimiter: fc.constantFrom(',', '\t', ';', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  quoteAll: fc.boolean(),
  finalEnd: fc.boolean(),
  mark: fc.boolean(),
});

describe('any delimited log', () => {
  it('is imported as it was written', { timeout: fuzzTimeoutMs }, async () => {
    const root = await temporaryFolder();
    const property = fc.asyncProperty(
      logRows,
      style,
      async (rows, { delimiter, lineEnd, quoteAll, finalEnd, mark }) => {
        const field = (text: string) =>
          quoteAll || /["\r\n]/.test(text) || text.includes(delimiter)
            ? `"${text.replaceAll('"', '""')}"`
            : text;
        const lines = [
          ['user', 'item', 'reward', 'note'],
          ...rows.map((row) => [row.user, row.item, String(row.reward), row.note]),
        ];
        const text =
          lines.map((fields) => fields.map(field).join(delimiter)).join(lineEnd) +
          (finalEnd ? lineEnd : '');
        const file = await writeText(join(root, 'log.csv'), (mark ? '\ufeff' : '') + text);
        const dataset = await tryImport(root, file);
        expect(dataset).not.toBeNull();
        expectRows(dataset!, rows);
      },
    );
    await fc.assert(property, fuzzRuns(25));
  });

  it(
    'is imported whole or refused when bytes are changed',
    { timeout: fuzzTimeoutMs },
    async () => {
      const root = await temporaryFolder();
      const rows = Array.from(
        { length: 30 },
        (_, k) => `u${k % 7},${k % 5},${k / 4},"n ""${k}"", x"`,
      );
      const original = Buffer.from(`user,item,reward,note\n${rows.join('\n')}\n`);
      const property = fc.asyncProperty(mutations, fc.boolean(), async (changes, skip) => {
        const bytes = mutate(original, changes);
        const file = await writeText(join(root, 'log.csv'), bytes);
        const dataset = await tryImport(root, file, skip ? 'skip' : 'fail');
        if (dataset === null || skip) return;
        const [header, ...records] = referenceCsv(bytes.toString('utf8').replace(/^\ufeff/, ''))!;
        const column = (name: string) => header!.findIndex((field) => field.trim() === name);
        const [user, item, reward] = ['user', 'item', 'reward'].map(column);
        expectRows(
          dataset,
          records.map((fields) => ({
            user: fields[user!]!.replaceAll(/^ +| +$/g, ''),
            item: fields[item!]!.replaceAll(/^ +| +$/g, ''),
            reward: Number(fields[reward!]),
          })),
        );
      });
      await fc.assert(property, fuzzRuns(30));
    },
  );
});

describe('any log of JSON lines', () => {
  it('is imported as it was written', { timeout: fuzzTimeoutMs }, async () => {
    const root = await temporaryFolder();
    const property = fc.asyncProperty(
      logRows,
      fc.constantFrom('\n', '\r\n', '\n\n'),
      async (rows, lineEnd) => {
        const text = rows.map((row) => JSON.stringify(row)).join(lineEnd);
        const dataset = await tryImport(root, await writeText(join(root, 'log.jsonl'), text));
        expect(dataset).not.toBeNull();
        expectRows(dataset!, rows);
      },
    );
    await fc.assert(property, fuzzRuns(15));
  });

  it(
    'is imported whole or refused when bytes are changed',
    { timeout: fuzzTimeoutMs },
    async () => {
      const root = await temporaryFolder();
      const rows = Array.from({ length: 20 }, (_, k) => ({
        user: `u${k % 7}`,
        item: k % 5,
        reward: k / 4,
      }));
      const original = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      const property = fc.asyncProperty(mutations, fc.boolean(), async (changes, skip) => {
        const bytes = mutate(original, changes);
        const file = await writeText(join(root, 'log.jsonl'), bytes);
        const dataset = await tryImport(root, file, skip ? 'skip' : 'fail');
        if (dataset === null || skip) return;
        const lines = bytes
          .toString('utf8')
          .replace(/^\ufeff/, '')
          .split('\n');
        expect(dataset.train.users.length).toBe(lines.filter((line) => line.trim() !== '').length);
      });
      await fc.assert(property, fuzzRuns(30));
    },
  );
});

describe('any Parquet log', () => {
  it('is imported or refused when bytes are changed', { timeout: fuzzTimeoutMs }, async () => {
    const root = await temporaryFolder();
    const file = join(root, 'log.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT range % 7 AS user, 'i' || (range % 5) AS item, range / 4 AS reward FROM range(500))
       TO '${file}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const original = await readFile(file);
    expect((await tryImport(root, file))!.train.users.length).toBe(500);
    const property = fc.asyncProperty(mutations, async (changes) => {
      await writeFile(file, mutate(original, changes));
      await tryImport(root, file);
    });
    await fc.assert(property, fuzzRuns(30));
  });
});

describe('any text matrix', () => {
  const rules = { rows: 3, columns: 4, min: 0, max: 5, whole: true };

  it('is read as it stands or refused', { timeout: fuzzTimeoutMs }, async () => {
    const root = await temporaryFolder();
    const path = join(root, 'matrix.ascii');
    const cell = fc.oneof(
      { weight: 40, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
      fc.constantFrom('-1', '6', '2.5', 'nan', '1e0', '', '0x1', '٣', '1,', '+2', '00003'),
    );
    const row = fc.tuple(
      fc.oneof(
        { weight: 10, arbitrary: fc.array(cell, { minLength: 4, maxLength: 4 }) },
        fc.array(cell, { maxLength: 6 }),
      ),
      fc.constantFrom(' ', '  ', '\t'),
      fc.constantFrom('\n', '\r\n'),
    );
    const matrix = fc.oneof(
      { weight: 10, arbitrary: fc.array(row, { minLength: 3, maxLength: 3 }) },
      fc.array(row),
    );
    const property = fc.asyncProperty(matrix, async (lines) => {
      const text = lines.map(([cells, gap, end]) => cells.join(gap) + end).join('');
      await writeFile(path, text);
      const values = await refusedOr(readAsciiMatrix(path, rules));
      const expected = text
        .trim()
        .split(/\r?\n/)
        .map((line) =>
          line
            .trim()
            .split(/[ \t]+/)
            .map(Number),
        );
      const fits =
        expected.length === 3 &&
        expected.every(
          (numbers) => numbers.length === 4 && numbers.every((n) => [0, 1, 2, 3, 4, 5].includes(n)),
        );
      if (values !== null) expect([...values]).toEqual(expected.flat());
      else if (/^[0-5 \r\n]+$/.test(text) && !/^\s*\n/.test(text)) expect(fits).toBe(false);
    });
    await fc.assert(property, fuzzRuns(200));
  });

  it(
    'of Coat is imported or refused when bytes are changed',
    { timeout: fuzzTimeoutMs },
    async () => {
      const root = await temporaryFolder();
      const folder = await writeCoat(join(root, 'coat'), coatLookalike());
      const into = join(root, 'sets');
      const files = ['train.ascii', 'propensities.ascii', 'user_item_features/item_features.ascii'];
      const property = fc.asyncProperty(
        fc.constantFrom(...files),
        mutations,
        async (file, changes) => {
          const path = join(folder, file);
          const original = await readFile(path);
          await writeFile(path, mutate(original, changes));
          const manifest = await refusedOr(importCoat({ folder, name: 'coat', into }));
          await writeFile(path, original);
          expect(await namesIn(into)).toEqual(manifest === null ? [] : ['coat']);
          await rm(into, { recursive: true, force: true });
        },
      );
      await fc.assert(property, fuzzRuns(15));
    },
  );
});

describe('any stored dataset', () => {
  it(
    'is the same or refused when its manifest is changed',
    { timeout: fuzzTimeoutMs },
    async () => {
      const root = await temporaryFolder();
      const settings = { users: 12, items: 9, interactionsPerUser: 4, testInteractionsPerUser: 1 };
      await makeSyntheticWorld({ name: 'world', into: root, ...settings });
      const folder = join(root, 'world');
      const path = join(folder, 'manifest.json');
      const original = await readFile(path);
      const whole = await openDataset(folder);
      const changed = fc.oneof(
        mutations.map((changes) => mutate(original, changes)),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .tuple(fc.constantFrom(...Object.keys(whole.manifest)), fc.jsonValue())
          .map(([key, value]) => Buffer.from(JSON.stringify({ ...whole.manifest, [key]: value }))),
      );
      const property = fc.asyncProperty(changed, async (bytes) => {
        await writeFile(path, bytes);
        const dataset = await refusedOr(openDataset(folder, { verify: true }));
        if (dataset === null) return;
        expect(dataset.train).toEqual(whole.train);
        expect(dataset.test).toEqual(whole.test);
        expect(dataset.groundTruth).toEqual(whole.groundTruth);
      });
      await fc.assert(property, fuzzRuns(100));
    },
  );

  it(
    'is refused or sound when a stored file and its checksum are changed',
    { timeout: fuzzTimeoutMs },
    async () => {
      const root = await temporaryFolder();
      const settings = { users: 12, items: 9, interactionsPerUser: 4, testInteractionsPerUser: 1 };
      const { files } = await makeSyntheticWorld({ name: 'world', into: root, ...settings });
      const folder = join(root, 'world');
      const property = fc.asyncProperty(
        fc.constantFrom(...Object.keys(files)),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, at, bits) => {
          const path = join(folder, file);
          const original = await readFile(path);
          const changed = Buffer.from(original);
          changed[at % changed.length]! ^= bits;
          await writeFile(path, changed);
          const dataset = await refusedOr(openDataset(folder));
          await writeFile(path, original);
          if (dataset === null) return;
          expect(dataset.train.items.every((item) => item >= 0 && item < 9)).toBe(true);
          expect(dataset.train.rewards.every(Number.isFinite)).toBe(true);
        },
      );
      await fc.assert(property, fuzzRuns(50));
    },
  );
});
