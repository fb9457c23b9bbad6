/** Ten colours that stay apart for colour-blind readers, on light and on dark ground. */
export const seriesColours: readonly string[] = [
  '#4477aa',
  '#ee6677',
  '#228833',
  '#ccbb44',
  '#66ccee',
  '#aa3377',
  '#ee7733',
  '#44aa99',
  '#997700',
  '#8888cc',
];

/** A colour for each name: by the order of names, so that a name keeps its colour from view to view. */
export function assignColours(names: readonly string[]): ReadonlyMap<string, string> {
  const sorted = [...new Set(names)].sort();
  return new Map(
    sorted.map((name, index) => [name, seriesColours[index % seriesColours.length] ?? '#888888']),
  );
}
