import { basename } from 'node:path';
import type { DatasetWarning } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import type { Database } from '../database.ts';
import type { FeatureColumn } from '../dataset.ts';
import type { ImportControl } from '../progress.ts';
import { judgeBadRows, type BadRows, type OnBadRow } from './bad-rows.ts';
import { maxExamples } from './csv-scan.ts';
import { encodeFeature, guessSeparator, maxLabels, type Separator } from './feature-column.ts';
import { inspectFile, openSource, type FileOptions } from './open-source.ts';
import type { RowSource } from './source.ts';

/** A file with one row a user or an item, whose columns become categorical features. */
export interface SideFile extends FileOptions {
  readonly file: string;
  /** Column with the same ids as the log. */
  readonly key: string;
  /** Columns to take. Without it: all that look categorical. */
  readonly columns?: readonly string[] | undefined;
  /** Columns with several values a cell and how they are separated; found out for the others. */
  readonly separators?: Readonly<Record<string, Separator>> | undefined;
}

/** A side file in the database: table `<side>_side` (row, id, v0, v1, …). */
export interface StagedSide {
  readonly side: 'user' | 'item';
  readonly file: SideFile;
  readonly columns: readonly string[];
  readonly warnings: readonly DatasetWarning[];
}

/** Reads a side file into the database; rows without a key or with a repeated key are bad rows. */
export async function stageSide(
  database: Database,
  side: 'user' | 'item',
  file: SideFile,
  rule: OnBadRow,
  scratch: string,
  control: ImportControl,
): Promise<StagedSide> {
  const expected = [file.key, ...(file.columns ?? [])];
  const inspected = await inspectFile(file.file, file, expected, database);
  const known = inspected.sample.columns;
  for (const wanted of expected) refuseUnknown(file.file, known, wanted);
  const source = await openSource(inspected, scratch, database, control);
  const columns = file.columns ?? known.filter((column) => column !== file.key);
  const cells = columns.map(
    (column, index) => `nullif(trim(${source.text(column)}), '') AS v${index}`,
  );
  await database.run(
    `CREATE TABLE ${side}_all AS SELECT *, row_number() OVER (PARTITION BY id ORDER BY row) AS copy FROM (
       SELECT row_number() OVER () - 1 AS row, nullif(trim(${source.text(file.key)}), '') AS id,
         ${['0', ...cells].join(', ')} FROM ${source.from})`,
  );
  await database.run(
    `CREATE TABLE ${side}_side AS SELECT * FROM ${side}_all WHERE id IS NOT NULL AND copy = 1`,
  );
  const warnings = [
    ...judgeBadRows(source, source.broken, rule),
    ...judgeBadRows(source, await badKeys(database, side, source, file.key), rule),
  ];
  return { side, file, columns, warnings };
}

function refuseUnknown(path: string, known: readonly string[], wanted: string): void {
  if (known.includes(wanted)) return;
  throw new OffrecError('invalid-input', `There is no column '${wanted}'.`, {
    where: path,
    hint: `The columns are ${known.slice(0, 30).join(', ')}.`,
  });
}

async function badKeys(
  database: Database,
  side: string,
  source: RowSource,
  key: string,
): Promise<BadRows> {
  const from = `${side}_all WHERE id IS NULL OR copy > 1`;
  const [row] = await database.rows(`SELECT count(*) AS count FROM ${from}`);
  const count = Number(row?.['count']);
  if (count === 0) return { count, examples: [] };
  const first = await database.rows(
    `SELECT row, id FROM ${from} ORDER BY row LIMIT ${maxExamples}`,
  );
  const lines = await source.locate(first.map((example) => Number(example['row'])));
  const examples = first.map((example, index) => {
    const id = example['id'];
    const reason = id === null ? `${key} is missing` : `${key} '${String(id)}' was there before`;
    return { line: lines[index]!, reason };
  });
  return { count, examples };
}

/** Features of numbered entities from a staged side file, and what was noticed. */
export async function readSide(
  database: Database,
  staged: StagedSide,
  entities: number,
): Promise<{ features: FeatureColumn[]; warnings: DatasetWarning[] }> {
  const warnings = [...staged.warnings, ...(await coverageWarnings(database, staged))];
  const features: FeatureColumn[] = [];
  const leftOut: string[] = [];
  for (const [index, column] of staged.columns.entries()) {
    const cells = await readCells(database, staged.side, index, entities);
    const given = staged.file.separators?.[column];
    const separator = given === undefined ? guessSeparator(cells) : given;
    const feature = encodeFeature(freeName(column, features), cells, separator);
    if (staged.file.columns !== undefined || looksCategorical(feature, entities))
      features.push(feature);
    else leftOut.push(`${column} (${feature.size} values)`);
  }
  if (leftOut.length > 0) {
    const message = `${leftOut.length} columns of ${basename(staged.file.file)} have too many distinct values to be categories and were left out.`;
    warnings.push({
      code: 'columns-left-out',
      message,
      count: leftOut.length,
      examples: leftOut.slice(0, 20),
    });
  }
  return { features, warnings };
}

/** Column names differ by more than case in the stored table. */
function freeName(column: string, features: readonly FeatureColumn[]): string {
  const base = column.slice(0, 110);
  const taken = new Set(features.map((feature) => feature.name.toLowerCase()));
  let name = base;
  for (let suffix = 2; taken.has(name.toLowerCase()); suffix += 1) name = `${base}-${suffix}`;
  return name;
}

function looksCategorical(feature: FeatureColumn, entities: number): boolean {
  return feature.size <= maxLabels && (feature.size <= 20 || feature.size <= entities / 2);
}

async function readCells(
  database: Database,
  side: 'user' | 'item',
  index: number,
  entities: number,
): Promise<(string | null)[]> {
  const from = `FROM ${side}s LEFT JOIN ${side}_side USING (id) ORDER BY code`;
  const cells = new Array<string | null>(entities).fill(null);
  await database.scan(`SELECT v${index} ${from}`, (row, value) => {
    cells[row] = value as string | null;
  });
  return cells;
}

/** Says how log and side file fit together. @throws OffrecError when no id of the log is in the file. */
async function coverageWarnings(database: Database, staged: StagedSide): Promise<DatasetWarning[]> {
  const { side, file } = staged;
  const name = basename(file.file);
  const [row] = await database.rows(
    `SELECT (SELECT count(DISTINCT ${side}) FROM read WHERE bad = 0) AS logged,
       (SELECT count(*) FROM ${side}_side) AS described,
       (SELECT count(*) FROM ${side}_side WHERE id IN (SELECT ${side} FROM read WHERE bad = 0)) AS matched`,
  );
  const [logged, described, matched] = ['logged', 'described', 'matched'].map((key) =>
    Number(row?.[key]),
  );
  if (matched === 0) {
    throw new OffrecError('invalid-input', `No ${side} of the log is in ${name}.`, {
      where: file.file,
      hint: `Check that its column ${file.key} holds the same ids as the log.`,
    });
  }
  const warnings: DatasetWarning[] = [];
  const undescribed = logged! - matched!;
  const unseen = described! - matched!;
  if (undescribed > 0) {
    const message = `${undescribed} ${side}s of the log are not in ${name}: their features are missing.`;
    warnings.push({ code: `${side}s-without-features`, message, count: undescribed });
  }
  if (unseen > 0) {
    const message = `${unseen} ${side}s of ${name} have no row in the log. They are kept.`;
    warnings.push({ code: `${side}s-without-rows`, message, count: unseen });
  }
  return warnings;
}
