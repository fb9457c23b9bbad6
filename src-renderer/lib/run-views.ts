import type { RowSort } from './row-order.ts';

/** How the table of runs is looked at. */
export interface RunTableView {
  /** Keys of the columns, in their order. */
  readonly columns: readonly string[];
  readonly groupBy: readonly string[];
  readonly sort: RowSort;
  readonly query: string;
  /** Pixels of columns that were given a width of their own. */
  readonly widths: Readonly<Record<string, number>>;
}

/** The keys with one moved before another, or to the end. */
export function movedBefore(
  keys: readonly string[],
  key: string,
  before: string | null,
): readonly string[] {
  if (key === before) return keys;
  const rest = keys.filter((each) => each !== key);
  const at = before === null ? rest.length : rest.indexOf(before);
  return at < 0 ? keys : [...rest.slice(0, at), key, ...rest.slice(at)];
}
