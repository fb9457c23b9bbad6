import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { OffrecError, type ErrorCode } from '#contract/errors.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { importLog, type ImportLogOptions } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { RandomStreams } from '#engine/compute/random.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Folder or file of the real test data, or null: such tests then skip and show it in their name. */
export function realData(path: string): string | null {
  const root = process.env['OFFREC_TEST_DATA'] ?? resolve(repository, '../shared/data');
  const found = join(root, path);
  return existsSync(found) ? found : null;
}

/** A new folder that is deleted when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'offrec-data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function writeText(path: string, text: string | Buffer): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** The OffrecError that `work` ends with; fails the test when it succeeds or throws something else. */
export async function refusal(work: Promise<unknown>, code?: ErrorCode): Promise<OffrecError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OffrecError);
  if (code !== undefined) expect((error as OffrecError).code).toBe(code);
  return error as OffrecError;
}

/** Names in a folder, hidden ones too; empty when it does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

/** Text files in the publisher's layout of Coat, filled with random ratings. */
export interface CoatFiles {
  train: number[][];
  test: number[][];
  propensities: string[][];
  userFeatures: number[][];
  itemFeatures: number[][];
}

function oneHot(groups: readonly number[], draw: (bound: number) => number): number[] {
  return groups.flatMap((size) => {
    const chosen = draw(size);
    return Array.from({ length: size }, (_, index) => (index === chosen ? 1 : 0));
  });
}

/** A random stand-in for Coat: 290 x 300, 24 training and 16 test ratings a user. */
export function coatLookalike(seed = 1): CoatFiles {
  const stream = new RandomStreams(seed).stream('coat-lookalike');
  const draw = (bound: number): number => stream.integer(bound);
  const ratings = (count: number): number[][] =>
    Array.from({ length: 290 }, () => {
      const items = Int32Array.from({ length: 300 }, (_, item) => item);
      stream.shuffle(items);
      const row = new Array<number>(300).fill(0);
      for (const item of items.subarray(0, count)) row[item] = 1 + draw(5);
      return row;
    });
  return {
    train: ratings(24),
    test: ratings(16),
    propensities: Array.from({ length: 290 }, () =>
      Array.from({ length: 300 }, () => (0.01 + 0.5 * stream.uniform()).toExponential(18)),
    ),
    userFeatures: Array.from({ length: 290 }, () => oneHot([2, 6, 3, 3], draw)),
    itemFeatures: Array.from({ length: 300 }, () => oneHot([2, 16, 13, 2], draw)),
  };
}

/** Writes the files with one kind of line end; propensities always with LF, as published. */
export async function writeCoat(
  folder: string,
  files: CoatFiles,
  lineEnd: '\n' | '\r\n' = '\n',
): Promise<string> {
  const text = (rows: readonly (readonly (number | string)[])[], end: string): string =>
    rows.map((row) => row.join(' ') + end).join('');
  await writeText(join(folder, 'train.ascii'), text(files.train, lineEnd));
  await writeText(join(folder, 'test.ascii'), text(files.test, lineEnd));
  await writeText(join(folder, 'propensities.ascii'), text(files.propensities, '\n'));
  const features = join(folder, 'user_item_features');
  await writeText(join(features, 'user_features.ascii'), text(files.userFeatures, lineEnd));
  await writeText(join(features, 'item_features.ascii'), text(files.itemFeatures, lineEnd));
  return folder;
}

type LogOptions = Partial<Omit<ImportLogOptions, 'into' | 'name'>>;

/** Three rows that most tests of logs start from. */
export const csv = 'user,item,rating,time\n5,9,4,100\n5,7,3.5,90\n2,9,1,300\n';

/** Starts the import of a text as a log; `opened` waits for it and opens the dataset. */
export async function importText(
  text: string | Buffer,
  options: LogOptions = {},
  file = 'log.csv',
) {
  const root = await temporaryFolder();
  const path = await writeText(join(root, file), text);
  const into = join(root, 'datasets');
  const work = importLog({ file: path, name: 'log', into, ...options });
  const opened = async (): Promise<Dataset> => {
    await work;
    return openDataset(join(into, 'log'), { verify: true });
  };
  return { root, path, into, work, opened };
}

/** Imports a text as a log and opens it. */
export const openText = async (
  text: string | Buffer,
  options: LogOptions = {},
  file?: string,
): Promise<Dataset> => (await importText(text, options, file)).opened();

/** Rows as [user, item, reward]. */
export const rowsOf = (log: Dataset['train']): number[][] =>
  Array.from(log.users, (user, row) => [user, log.items[row]!, log.rewards[row]!]);
