import type { Field } from './fields.ts';

const mantissas = [1, 2, 5] as const;
/** The first step away from zero. */
const smallest = 1e-3;

/** Twelve digits: what a step or a range means, without the noise of binary fractions. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** The next of …, 0.1, 0.2, 0.5, 1, 2, 5, … above or below. */
function nextOfDecade(value: number, up: boolean): number {
  if (value === 0) return up ? smallest : -smallest;
  if (value < 0) return -nextOfDecade(-value, !up);
  const power = Math.floor(Math.log10(value));
  const steps = [power - 1, power, power + 1].flatMap((each) =>
    mantissas.map((mantissa) => tidy(mantissa * 10 ** each)),
  );
  const next = up ? steps.find((step) => step > value) : steps.findLast((step) => step < value);
  const result = next ?? value;
  return !up && result < smallest / 1000 ? 0 : result;
}

type Bounds = Pick<
  Field,
  'kind' | 'minimum' | 'maximum' | 'isMinimumExcluded' | 'isMaximumExcluded'
>;

function isAllowed(value: number, bounds: Bounds): boolean {
  const { minimum, maximum, isMinimumExcluded, isMaximumExcluded } = bounds;
  const isAbove = minimum === null || value > minimum || (value === minimum && !isMinimumExcluded);
  const isBelow = maximum === null || value < maximum || (value === maximum && !isMaximumExcluded);
  return isAbove && isBelow;
}

/**
 * The value after one step by key: whole numbers by one (`large`: ten), shares by a hundredth of their range,
 * everything else along 1, 2, 5, 10: learning rates and weights are compared by their size.
 */
export function stepped(value: number, up: boolean, bounds: Bounds, large = false): number {
  const sign = up ? 1 : -1;
  const { kind, minimum, maximum } = bounds;
  const isShare =
    minimum !== null && maximum !== null && maximum - minimum <= 2 && !bounds.isMinimumExcluded;
  let next: number;
  if (kind === 'integer') next = value + sign * (large ? 10 : 1);
  else if (isShare) next = tidy(value + (sign * (maximum - minimum) * (large ? 10 : 1)) / 100);
  else next = nextOfDecade(value, up);
  if (isAllowed(next, bounds)) return next;
  const end = up ? maximum : minimum;
  return end !== null && isAllowed(end, bounds) ? end : value;
}

export type Spacing = 'linear' | 'logarithmic' | 'powers';

export interface RangeRequest {
  readonly spacing: Spacing;
  readonly from: number;
  readonly to: number;
  /** Number of values; not used by powers, which step by `base`. */
  readonly count: number;
  readonly base: number;
}

const mostValues = 100;

/**
 * Values from one end to the other: evenly, with a constant ratio, or by powers of a base. Whole and without
 * repetitions for whole numbers. Null when the request has no answer (such as a ratio from zero).
 */
export function rangeValues(request: RangeRequest, whole: boolean): number[] | null {
  const { spacing, from, to, base } = request;
  const count = Math.trunc(request.count);
  if (![from, to].every(Number.isFinite) || from === to) return null;
  if (spacing === 'powers') {
    if (from <= 0 || to < from || base <= 1) return null;
    const length = Math.floor(Math.log(to / from) / Math.log(base) + 1e-9) + 1;
    if (length > mostValues) return null;
    return unique(
      Array.from({ length }, (_, at) => from * base ** at),
      whole,
    );
  }
  if (!(count >= 2) || count > mostValues) return null;
  if (spacing === 'logarithmic' && (from <= 0 || to <= 0)) return null;
  const share = (at: number): number => at / (count - 1);
  const values = Array.from({ length: count }, (_, at) =>
    spacing === 'linear' ? from + (to - from) * share(at) : from * (to / from) ** share(at),
  );
  return unique(values, whole);
}

function unique(values: readonly number[], whole: boolean): number[] {
  return [
    ...new Set(values.map((value) => (whole ? Math.round(value) : Number(value.toPrecision(6))))),
  ];
}
