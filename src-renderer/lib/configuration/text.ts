import type { Field } from './fields.ts';

/** What was typed, as a value; or why it is none. */
export type Typed = { readonly value: unknown } | { readonly problem: string };

/** A value as it is written in a box: lists with commas, nothing for an empty list. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As `textOf`, for reading: what would be empty is named. */
export function shownText(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const text = textOf(value);
  return text === '' ? 'empty' : text;
}

const parts = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function readNumber(text: string, whole: boolean): Typed {
  const value = Number(text.replace('−', '-'));
  if (text === '' || !Number.isFinite(value)) {
    return { problem: text === '' ? 'Write a number.' : `'${text}' is no number.` };
  }
  if (whole && !Number.isInteger(value)) return { problem: `${text} is no whole number.` };
  return { value };
}

function all(typed: readonly Typed[]): Typed {
  const wrong = typed.find((each) => 'problem' in each);
  return wrong ?? { value: typed.map((each) => ('value' in each ? each.value : null)) };
}

/** Reads one value of a field. */
export function readValue(field: Pick<Field, 'kind' | 'item' | 'nullable'>, typed: string): Typed {
  const text = typed.trim();
  if (field.nullable && (text === 'null' || text === '')) return { value: null };
  switch (field.kind) {
    case 'number':
    case 'integer':
      return readNumber(text, field.kind === 'integer');
    case 'list':
      return all(
        parts(text, ',').map((part) =>
          field.item === 'text' ? { value: part } : readNumber(part, field.item === 'integer'),
        ),
      );
    case 'text':
      return { value: typed };
    case 'boolean':
    case 'choice':
    case 'json':
      return readJson(text);
  }
}

function readJson(text: string): Typed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'Write JSON, such as [1, 2] or {"a": 1}.' };
  }
}

/** Reads several values to try: with commas between them, with semicolons where each is a list itself. */
export function readAxis(field: Pick<Field, 'kind' | 'item' | 'nullable'>, typed: string): Typed {
  if (field.kind === 'json') {
    const read = readJson(typed.trim());
    if ('problem' in read || Array.isArray(read.value)) return read;
    return { problem: 'Write a list of values in brackets.' };
  }
  const values = parts(typed, field.kind === 'list' ? ';' : ',');
  return all(values.map((part) => readValue(field, part === '[]' ? '' : part)));
}

export function axisText(field: Pick<Field, 'kind'>, values: readonly unknown[]): string {
  if (field.kind === 'json') return JSON.stringify(values);
  const separator = field.kind === 'list' ? '; ' : ', ';
  return values
    .map((value) => (Array.isArray(value) && value.length === 0 ? '[]' : textOf(value)))
    .join(separator);
}
