/**
 * The few special functions that the tests need, in double precision. Series and continued fractions after DLMF
 * 5.11, 7.6, 7.9 and 8.17; the fixtures hold them to SciPy within 1e-9.
 */

const lanczosG = 7;
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + lanczosG + 0.5;
  const sum = lanczos.reduce(
    (before, term, at) => (at === 0 ? term : before + term / (shifted + at)),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

const tiny = 1e-300;
const precision = 1e-16;
const mostTerms = 100_000;

/** b0 + a1/(b1 + a2/(b2 + …)) by Lentz's method; `term` gives a and b from number 1 on. */
function continuedFraction(
  first: number,
  term: (number: number) => [a: number, b: number],
): number {
  let value = first === 0 ? tiny : first;
  let c = value;
  let d = 0;
  for (let number = 1; number < mostTerms; number++) {
    const [a, b] = term(number);
    d = b + a * d;
    d = 1 / (d === 0 ? tiny : d);
    c = b + a / c;
    if (c === 0) c = tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < precision) break;
  }
  return value;
}

/** Coefficient of the incomplete beta's continued fraction (DLMF 8.17.22). */
function betaCoefficient(number: number, a: number, b: number, x: number): number {
  const m = Math.floor(number / 2);
  return number % 2 === 0
    ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
}

/** I_x(a, b), the regularised incomplete beta function; `y` is 1 - x, given apart to keep its digits. */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The fraction converges fast on this side only; the other is its mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, y, x);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log(y) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  const fraction = continuedFraction(1, (number) => [betaCoefficient(number, a, b, x), 1]);
  return front / (a * fraction);
}

/** erfc(x) for x >= 0: a series near 0, a continued fraction beyond. */
export function complementaryError(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  const square = x * x;
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > precision * Math.abs(sum); n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  }
  const fraction = continuedFraction(x, (number) => [number / 2, x]);
  return Math.exp(-square) / (Math.sqrt(Math.PI) * fraction);
}
