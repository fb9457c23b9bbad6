import { OffrecError } from '#contract/errors.ts';
import { quoteText, type Database } from '../database.ts';
import { columnType, type Sample } from './format.ts';
import type { LogMapping } from './mapping.ts';
import { hasDecimalComma, timeFormatOf, type ValueForms } from './value-forms.ts';

/** What is given is not guessed. */
export type GivenForms = { readonly [Name in keyof ValueForms]?: ValueForms[Name] | undefined };

/**
 * How a log's values are read.
 *
 * @throws OffrecError `invalid-input` for a form of times that is none.
 */
export async function findForms(
  database: Database,
  sample: Sample,
  mapping: LogMapping,
  given: GivenForms,
): Promise<ValueForms> {
  if (typeof given.timeFormat === 'string') await checkTimeFormat(database, given.timeFormat);
  const numbers = [mapping.reward, mapping.propensity].map((name) => valuesOf(sample, name));
  return {
    decimal: given.decimal ?? (numbers.some(hasDecimalComma) ? 'comma' : 'point'),
    timeFormat: given.timeFormat ?? timeFormatOf(valuesOf(sample, mapping.time)),
  };
}

function valuesOf(sample: Sample, column: string | undefined): readonly (string | null)[] {
  if (column === undefined) return [];
  const index = sample.columns.indexOf(column);
  return sample.rows.map((row) => row[index] ?? null);
}

async function checkTimeFormat(database: Database, format: string): Promise<void> {
  try {
    await database.rows(`SELECT try_strptime('', ${quoteText(format)})`);
    if (format.includes('%')) return;
  } catch (error) {
    if (error instanceof OffrecError && error.code === 'cancelled') throw error;
    // Said below: the database's own words speak of its functions.
  }
  throw new OffrecError('invalid-input', 'The form of the times cannot be read.', {
    where: `timeFormat: ${format}`,
    hint: 'Write it as for strptime, such as %d.%m.%Y %H:%M.',
  });
}

/** SQL of the number in a text; null where it is none. */
export function numberOf(text: string, { decimal }: ValueForms): string {
  if (decimal === 'point') return `TRY_CAST(${text} AS DOUBLE)`;
  // A point beside it would be one of thousands, or of another form of numbers: neither is guessed.
  const plain = `TRY_CAST(replace(${text}, ',', '.') AS DOUBLE)`;
  return `CASE WHEN contains(${text}, '.') THEN NULL ELSE ${plain} END`;
}

/** SQL of the same for rewards, where truth values count as 1 and 0. */
export function rewardOf(text: string, forms: ValueForms): string {
  const truth = `CASE lower(${text}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END`;
  return `coalesce(${numberOf(text, forms)}, ${truth})`;
}

/** SQL of the seconds since 1970 for dates, as UTC where they name no zone; numbers stay as they are. */
export function timeOf(text: string, column: string, sample: Sample, forms: ValueForms): string {
  if (forms.timeFormat !== null) {
    return `epoch(try_strptime(${text}, ${quoteText(forms.timeFormat)}))`;
  }
  const isDate = columnType(valuesOf(sample, column)) === 'time';
  return isDate ? `epoch(TRY_CAST(${text} AS TIMESTAMPTZ))` : numberOf(text, forms);
}
