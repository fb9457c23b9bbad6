/** Numbers as settings are written, such as `0.05`, `1e-4` or `=-2`; a minus between words is none. */
const numbers = /((?<=(?:^|[=(,:\s]))-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?)/i;

interface Parts {
  readonly words: readonly string[];
  readonly values: readonly number[];
}

const known = new Map<string, Parts>();
const mostKnown = 20_000;

function partsOf(text: string): Parts {
  const before = known.get(text);
  if (before !== undefined) return before;
  const pieces = text.split(numbers);
  const parts = {
    words: pieces.filter((_, at) => at % 2 === 0),
    values: pieces.filter((_, at) => at % 2 === 1).map(Number),
  };
  if (known.size >= mostKnown) known.clear();
  known.set(text, parts);
  return parts;
}

let collator: Intl.Collator | null = null;

/**
 * Names as a reader orders them: words by language, numbers in them by their value, so that `0.02` comes before `0.1`
 * and `1e-4` before `0.001`. A collator's own numeric order takes the digits behind a point for a whole number.
 */
export function compareNames(a: string, b: string): number {
  // The rules of a language take as long to load as a table to draw, so only when they are needed.
  collator ??= new Intl.Collator('en');
  const [left, right] = [partsOf(a), partsOf(b)];
  const length = Math.max(left.words.length, right.words.length);
  for (let at = 0; at < length; at += 1) {
    const words = collator.compare(left.words[at] ?? '', right.words[at] ?? '');
    if (words !== 0) return words;
    const [first, second] = [left.values[at], right.values[at]];
    if (first !== second) return (first ?? -Infinity) - (second ?? -Infinity);
  }
  return collator.compare(a, b);
}
