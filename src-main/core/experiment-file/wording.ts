import type { z } from 'zod';
import type { FieldPath } from './path.ts';

/** What a value is, with the value itself where it is short. */
function named(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text '${value.slice(0, 60)}'`;
  return typeof value === 'object' ? 'a map of fields' : String(value);
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of fields',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** How a field is called in a sentence: `seeds`, or `seeds[1]` for an entry of a list. */
function nameOf(path: FieldPath): string {
  const last = path.findLastIndex((part) => typeof part === 'string');
  const [field, ...places] = path.slice(Math.max(0, last));
  return [String(field ?? 'the value'), ...places.map((place) => `[${String(place)}]`)].join('');
}

/** Such as `must be at least 1`, or `must have at most 80 characters`. */
function limit(origin: string, word: string, bound: number | bigint): string {
  const nouns: Readonly<Record<string, string>> = { array: 'entries', string: 'characters' };
  const noun = nouns[origin];
  return noun === undefined
    ? `must be ${word} ${String(bound)}`
    : `must have ${word} ${String(bound)} ${bound === 1 && origin === 'array' ? 'entry' : noun}`;
}

/**
 * A schema's error in the words of the file; null where the schema has its own sentence. Needs the `input` of the
 * issue (`reportInput`).
 */
export function sentenceOf(issue: z.core.$ZodIssue, path: FieldPath): string | null {
  const name = nameOf(path);
  const { input } = issue;
  if (issue.code === 'invalid_type') {
    if (input === undefined) return `The field '${name}' is missing.`;
    const kind = kinds[issue.expected] ?? issue.expected;
    return `The field '${name}' must be ${kind}, not ${named(input)}.`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String).join(', ');
    return `The field '${name}' must be one of ${values}, not ${named(input)}.`;
  }
  // A schema's own sentence does not begin so.
  if (!/^Too (small|big)/.test(issue.message)) return null;
  if (issue.code === 'too_small') {
    return `The field '${name}' ${limit(issue.origin, 'at least', issue.minimum)}.`;
  }
  return issue.code === 'too_big'
    ? `The field '${name}' ${limit(issue.origin, 'at most', issue.maximum)}.`
    : null;
}
