import type { FeatureColumn } from '../dataset.ts';
import { isNumeric } from './format.ts';

/** Most distinct values of a feature that is taken without being asked for, and whose labels are kept. */
export const maxLabels = 1000;

const missingLabel = '(missing)';
const maxLabelLength = 200;

/** How a cell with several values is written: a separator, or a list in brackets. */
export type Separator = string | 'list' | null;

/** The way of writing that the cells of a column show. */
export function guessSeparator(cells: readonly (string | null)[]): Separator {
  const present = cells.filter((cell) => cell !== null);
  if (present.length === 0) return null;
  if (present.every((cell) => cell.startsWith('[') && cell.endsWith(']'))) return 'list';
  if (present.some((cell) => cell.includes('|'))) return '|';
  const lists = present.filter((cell) => cell.includes(','));
  return lists.length > 0 && present.every((cell) => cell.split(',').every(isNumeric)) ? ',' : null;
}

function splitCell(cell: string | null, separator: Separator): string[] {
  if (cell === null) return [];
  if (separator === null) return [cell];
  const inner = separator === 'list' ? cell.replace(/^\[|\]$/g, '') : cell;
  const parts = inner.split(separator === 'list' ? ',' : separator).map((part) => part.trim());
  const bare =
    separator === 'list' ? parts.map((part) => part.replace(/^(['"])(.*)\1$/, '$2')) : parts;
  return [...new Set(bare.filter((part) => part !== ''))];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A categorical feature from one text cell an entity. Codes follow the values' order: numbers by size,
 * texts by their characters. A missing single value is a value of its own; a missing list is empty.
 */
export function encodeFeature(
  name: string,
  cells: readonly (string | null)[],
  separator: Separator,
): FeatureColumn {
  const lists = cells.map((cell) => splitCell(cell, separator));
  const distinct = [...new Set(lists.flat())];
  distinct.sort(
    distinct.every(isNumeric) ? (a, b) => Number(a) - Number(b) || compareText(a, b) : compareText,
  );
  const someMissing = separator === null && lists.some((list) => list.length === 0);
  if (someMissing || distinct.length === 0) distinct.push(missingLabel);
  const codes = new Map(distinct.map((value, code) => [value, code]));
  const offsets = new Int32Array(cells.length + 1);
  const values: number[] = [];
  lists.forEach((list, entity) => {
    const written = list.length === 0 && separator === null ? [missingLabel] : list;
    for (const value of written) values.push(codes.get(value)!);
    offsets[entity + 1] = values.length;
  });
  const labels = distinct.map((value) => value.slice(0, maxLabelLength));
  return {
    name,
    size: distinct.length,
    ...(distinct.length <= maxLabels ? { labels } : {}),
    values: Int32Array.from(values),
    offsets,
  };
}
