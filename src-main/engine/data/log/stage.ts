import { OffrecError } from '#contract/errors.ts';
import type { Database } from '../database.ts';
import type { ImportControl } from '../progress.ts';
import type { BadRows } from './bad-rows.ts';
import { maxExamples } from './csv-scan.ts';
import type { Sample } from './format.ts';
import type { LogMapping } from './mapping.ts';
import { numberOf, rewardOf, timeOf } from './read-values.ts';
import type { RowSource } from './source.ts';
import type { ValueForms } from './value-forms.ts';

export interface RewardRange {
  readonly min: number;
  readonly max: number;
}

/** What decides how rows are read. */
export interface Reading {
  readonly sample: Sample;
  readonly mapping: LogMapping;
  readonly forms: ValueForms;
  readonly range: RewardRange | undefined;
}

const largestFloat = 3.4028234663852886e38;
const absent = (expression: string): string => `(${expression} IS NULL OR ${expression} = '')`;

/** SQL of a column's trimmed text. */
function trimmed(source: RowSource, column: string): string {
  return `trim(${source.text(column)})`;
}

interface Rule {
  readonly condition: string;
  /** Text that goes before the offending value, or the whole reason when `value` is null. */
  readonly reason: string;
  readonly value: string | null;
}

function rules(source: RowSource, mapping: LogMapping, range: RewardRange | undefined): Rule[] {
  const missing = (column: string, name: string): Rule => ({
    condition: absent(name),
    reason: `${column} is missing`,
    value: null,
  });
  const list: Rule[] = [];
  if (source.invalid !== null) list.push({ ...source.invalid, value: null });
  list.push(missing(mapping.user, 'user_text'), missing(mapping.item, 'item_text'));
  list.push(missing(mapping.reward, 'reward_text'));
  const reward = (condition: string, problem: string): Rule => ({
    condition,
    reason: `${mapping.reward} is ${problem}: `,
    value: 'reward_text',
  });
  list.push(reward('reward IS NULL', 'not a number'));
  list.push(reward(`isnan(reward) OR abs(reward) > ${largestFloat}`, 'not finite'));
  if (range !== undefined) {
    list.push(
      reward(
        `reward < ${range.min} OR reward > ${range.max}`,
        `outside ${range.min} to ${range.max}`,
      ),
    );
  }
  if (mapping.time !== undefined) {
    list.push(missing(mapping.time, 'time_text'));
    const reason = `${mapping.time} is not a time: `;
    list.push({ condition: 'time IS NULL OR NOT isfinite(time)', reason, value: 'time_text' });
  }
  if (mapping.propensity !== undefined) {
    list.push(missing(mapping.propensity, 'propensity_text'));
    const reason = `${mapping.propensity} is not a probability above 0: `;
    const condition = 'propensity IS NULL OR NOT (propensity > 1e-37 AND propensity <= 1)';
    list.push({ condition, reason, value: 'propensity_text' });
  }
  return list;
}

/**
 * Reads a source into the table `read` (user, item, reward, time, propensity, bad): ids as text, bad rows
 * marked. The table keeps the file's order, so that its row ids count the file's rows from 0 (numbering
 * them in the query would run on one core).
 *
 * @returns the rows that cannot be used.
 */
export async function stageRows(
  database: Database,
  source: RowSource,
  reading: Reading,
  control: ImportControl,
): Promise<BadRows> {
  const { sample, mapping, forms } = reading;
  const list = rules(source, mapping, reading.range);
  const texts = [
    `${trimmed(source, mapping.user)} AS user_text`,
    `${trimmed(source, mapping.item)} AS item_text`,
    `${trimmed(source, mapping.reward)} AS reward_text`,
  ];
  const numbers = [`${rewardOf('reward_text', forms)} AS reward`];
  if (mapping.time !== undefined) {
    texts.push(`${trimmed(source, mapping.time)} AS time_text`);
    numbers.push(`${timeOf('time_text', mapping.time, sample, forms)} AS time`);
  }
  if (mapping.propensity !== undefined) {
    texts.push(`${trimmed(source, mapping.propensity)} AS propensity_text`);
    numbers.push(`${numberOf('propensity_text', forms)} AS propensity`);
  }
  if (source.invalid !== null) texts.push(`(${source.invalid.condition}) AS invalid`);
  const bad = list.map((rule, index) => {
    const condition = rule.condition === source.invalid?.condition ? 'invalid' : rule.condition;
    return `WHEN ${condition} THEN ${index + 1}`;
  });
  const culprit = list.map((rule, index) => `WHEN ${index + 1} THEN ${rule.value ?? 'NULL'}`);
  await database.runWithProgress(
    `CREATE OR REPLACE TABLE read AS
     SELECT user_text AS user, item_text AS item, reward,
       ${mapping.time === undefined ? '' : 'time,'} ${mapping.propensity === undefined ? '' : 'propensity,'}
       bad::UTINYINT AS bad, left(CASE bad ${culprit.join(' ')} END, 60) AS culprit
     FROM (SELECT *, CASE ${bad.join(' ')} ELSE 0 END AS bad
       FROM (SELECT *, ${numbers.join(', ')}
         FROM (SELECT ${texts.join(', ')} FROM ${source.from})))`,
    (percentage) =>
      control.onProgress?.({ done: percentage, total: 100, unit: '%', stage: 'read' }),
  );
  await checkRowCount(database, source);
  return collectBadRows(database, source, list);
}

/** The database and our own check of the file must agree on what a row is. */
async function checkRowCount(database: Database, source: RowSource): Promise<void> {
  const [row] = await database.rows('SELECT count(*) AS count FROM read');
  const found = Number(row?.['count']);
  if (found === source.rows) return;
  throw new OffrecError(
    'invalid-input',
    `The file reads as ${found} rows and as ${source.rows} rows.`,
    {
      where: source.file,
      hint: 'Its quotes or line ends are ambiguous; write it again as plain CSV.',
    },
  );
}

async function collectBadRows(
  database: Database,
  source: RowSource,
  list: readonly Rule[],
): Promise<BadRows> {
  const [row] = await database.rows('SELECT count(*) AS count FROM read WHERE bad > 0');
  const count = Number(row?.['count']);
  if (count === 0) return { count, examples: [] };
  const first = await database.rows(
    `SELECT rowid AS row, bad, culprit FROM read WHERE bad > 0 ORDER BY rowid LIMIT ${maxExamples}`,
  );
  const lines = await source.locate(first.map((example) => Number(example['row'])));
  const examples = first.map((example, index) => {
    const rule = list[Number(example['bad']) - 1]!;
    const value = rule.value === null ? '' : `'${String(example['culprit'])}'`;
    return { line: lines[index]!, reason: `${rule.reason}${value}` };
  });
  return { count, examples };
}
