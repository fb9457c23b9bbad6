import type { RunRow } from '#contract/routes/runs.ts';

/** What changes while a run goes on: comparisons read it elsewhere, or not at all. */
const passing = { progress: null, lasts: null, weightsHash: null } satisfies Partial<
  Record<keyof RunRow, null>
>;
const texts = new WeakMap<RunRow, string>();

/** Everything of a run that a comparison shows. */
function textOf(row: RunRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...row, ...passing, spec: row.specHash });
  texts.set(row, text);
  return text;
}

/**
 * Rows that a comparison shows alike are the rows from before, and the list is when all are: runs tell of their
 * progress several times a second, and nothing is to be made anew for that.
 */
export function keepCompared(before: readonly RunRow[], now: readonly RunRow[]): readonly RunRow[] {
  const byId = new Map(before.map((row) => [row.id, row]));
  const kept = now.map((row) => {
    const known = byId.get(row.id);
    return known !== undefined && textOf(known) === textOf(row) ? known : row;
  });
  const isSame = kept.length === before.length && kept.every((row, at) => row === before[at]);
  return isSame ? before : kept;
}
