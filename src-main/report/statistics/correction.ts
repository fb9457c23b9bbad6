/**
 * p values corrected for being several, after Holm: in the given order, never below the uncorrected ones. Null stands
 * for a comparison that was not defined; it stays null and does not count.
 */
export function holm(values: readonly (number | null)[]): (number | null)[] {
  const order = values
    .flatMap((p, at) => (p === null || !(p >= 0 && p <= 1) ? [] : [{ p, at }]))
    .sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = values.map(() => null);
  let before = 0;
  order.forEach(({ p, at }, rank) => {
    before = Math.max(before, Math.min(1, p * (order.length - rank)));
    corrected[at] = before;
  });
  return corrected;
}
