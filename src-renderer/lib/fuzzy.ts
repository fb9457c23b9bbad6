/**
 * How well the letters of `query` can be found in `text` in their order: higher is better, null when they
 * cannot. Beginnings of words and letters that follow each other count more.
 */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.toLowerCase().replaceAll(' ', '');
  const place = text.toLowerCase();
  let score = 0;
  let from = 0;
  let streak = 0;
  for (const letter of wanted) {
    const found = place.indexOf(letter, from);
    if (found === -1) return null;
    const startsWord = found === 0 || /[\s:/._-]/.test(place.charAt(found - 1));
    streak = found === from && from > 0 ? streak + 1 : 0;
    score += 1 + streak * 2 + (startsWord ? 3 : 0);
    from = found + 1;
  }
  return score - text.length / 100;
}

/** The items whose text has the query's letters, best first; all in their own order for an empty query. */
export function fuzzyFilter<Item>(
  query: string,
  items: readonly Item[],
  textOf: (item: Item) => string,
): Item[] {
  if (query.trim() === '') return [...items];
  return items
    .flatMap((item) => {
      const score = fuzzyScore(query, textOf(item));
      return score === null ? [] : [{ item, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
