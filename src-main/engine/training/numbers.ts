const tag = '$number';

/** A copy in which numbers that JSON cannot hold (NaN, ±Infinity, −0) are tagged strings. */
export function encodeNumbers(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { [tag]: Object.is(value, -0) ? '-0' : String(value) };
  }
  return mapped(value, encodeNumbers);
}

/** The inverse of `encodeNumbers`. */
export function decodeNumbers(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && tag in value) return Number(value[tag]);
  return mapped(value, decodeNumbers);
}

function mapped(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}
