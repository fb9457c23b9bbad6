import type { CheckedLog } from '#contract/log-file.ts';
import { Database, quoteName } from './database.ts';
import type { ImportLogOptions } from './import-log.ts';
import { describePlaces } from './log/bad-rows.ts';
import { resolveMapping } from './log/mapping.ts';
import { inspectFile, openSource } from './log/open-source.ts';
import { findForms } from './log/read-values.ts';
import type { RowSource } from './log/source.ts';
import { stageRows } from './log/stage.ts';

const previewRows = 50;
const cellCharacters = 200;

/** What decides whether a row can be used. */
export type CheckOptions = Pick<
  ImportLogOptions,
  | 'file'
  | 'format'
  | 'delimiter'
  | 'header'
  | 'encoding'
  | 'map'
  | 'rewardRange'
  | 'decimal'
  | 'timeFormat'
  | 'signal'
  | 'onProgress'
>;

/**
 * Reads a whole file as an import would and tells what it finds; nothing is imported.
 * @param scratch folder for copies of what the database cannot read directly
 * @throws OffrecError as `importLog` for a file or mapping that cannot be used at all
 */
export async function checkLog(options: CheckOptions, scratch: string): Promise<CheckedLog> {
  const { file, map, rewardRange: range } = options;
  const database = await Database.open(scratch, options.signal);
  try {
    const expected = Object.values(map ?? {}).filter((name) => name !== undefined);
    const inspected = await inspectFile(file, options, expected, database);
    const mapping = resolveMapping(file, inspected.sample, map);
    const source = await openSource(inspected, scratch, database, options);
    const { sample } = inspected;
    const forms = await findForms(database, sample, mapping, options);
    const bad = await stageRows(database, source, { sample, mapping, forms, range }, options);
    const examples = [...source.broken.examples, ...bad.examples].sort((a, b) => a.line - b.line);
    const reasons = new Map(examples.map(({ line, reason }) => [line, reason]));
    return {
      rows: source.rows + source.broken.count,
      bad: {
        count: source.broken.count + bad.count,
        examples: describePlaces(source, examples),
      },
      ...(await summarise(database)),
      ...forms,
      columns: source.columns,
      preview: await previewOf(database, source, reasons),
    };
  } finally {
    database.close();
  }
}

async function summarise(
  database: Database,
): Promise<Pick<CheckedLog, 'users' | 'items' | 'repeatedPairs' | 'reward'>> {
  const [row] = await database.rows(
    `SELECT count(*) AS rows, count(DISTINCT user) AS users, count(DISTINCT item) AS items,
       count(*) - (SELECT count(*) FROM (SELECT DISTINCT user, item FROM read WHERE bad = 0)) AS repeated,
       min(reward) AS min, max(reward) AS max, avg(reward) AS mean
     FROM read WHERE bad = 0`,
  );
  const count = (name: string): number => Number(row?.[name] ?? 0);
  const reward = { min: count('min'), max: count('max'), mean: count('mean') };
  return {
    users: count('users'),
    items: count('items'),
    repeatedPairs: count('repeated'),
    reward: count('rows') === 0 ? null : reward,
  };
}

/** The first rows as they stand in the file. */
async function previewOf(
  database: Database,
  source: RowSource,
  reasons: ReadonlyMap<number, string>,
): Promise<CheckedLog['preview']> {
  const texts = source.columns.map(
    (column, index) =>
      `left((${source.text(column)})::VARCHAR, ${cellCharacters}) AS ${quoteName(`c${index}`)}`,
  );
  const rows = await database.rows(
    `SELECT ${texts.join(', ')} FROM ${source.from} LIMIT ${previewRows}`,
  );
  const marks = await database.rows(
    `SELECT rowid AS row, bad FROM read WHERE rowid < ${previewRows} ORDER BY rowid`,
  );
  const lines = await source.locate(rows.map((_, row) => row));
  return rows.map((row, at) => {
    const line = lines[at] ?? at + 1;
    const isBad = Number(marks[at]?.['bad'] ?? 0) > 0;
    const reason = reasons.get(line) ?? 'cannot be used';
    return {
      line,
      cells: source.columns.map((_, index) => textOf(row[`c${index}`])),
      problem: isBad ? reason : null,
    };
  });
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
