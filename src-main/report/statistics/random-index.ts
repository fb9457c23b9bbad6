/** Draws a whole number from 0 to `count` - 1. What a bootstrap resamples by. */
export type IndexSource = (count: number) => number;

/**
 * A seeded source: the same seed gives the same intervals on every machine. The generator is sfc32 (public
 * domain, Chris Doty-Humphrey), 96 bits of state and a counter.
 */
export function seededIndices(seed: number): IndexSource {
  let a = seed | 0;
  let b = (seed / 0x1_0000_0000) | 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 15; warmUp++) next();
  return (count) => Math.floor((next() / 0x1_0000_0000) * count);
}
