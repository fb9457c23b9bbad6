/** A part of an axis. */
export interface AxisPart {
  readonly from: number;
  readonly to: number;
}

/** Equal distances on a logarithmic axis are equal ratios. */
const scale = (isLog: boolean) =>
  isLog ? { to: Math.log, from: Math.exp } : { to: (x: number) => x, from: (x: number) => x };

function within(part: AxisPart, whole: AxisPart): AxisPart | null {
  const from = Math.max(part.from, whole.from);
  const to = Math.min(part.to, whole.to);
  return from <= whole.from && to >= whole.to ? null : { from, to };
}

/** A part `factor` times as long around `centre`, inside the whole; null when that is the whole. */
export function zoomed(
  part: AxisPart,
  whole: AxisPart,
  factor: number,
  options: { readonly centre?: number; readonly isLog?: boolean } = {},
): AxisPart | null {
  const { to, from } = scale(options.isLog ?? false);
  const [low, high] = [to(part.from), to(part.to)];
  const middle = options.centre === undefined ? (low + high) / 2 : to(options.centre);
  const next = {
    from: from(middle - (middle - low) * factor),
    to: from(middle + (high - middle) * factor),
  };
  return within(next, whole);
}

/** The part moved by `share` of its length, not beyond the ends of the whole. */
export function moved(part: AxisPart, whole: AxisPart, share: number, isLog = false): AxisPart {
  const { to, from } = scale(isLog);
  const [low, high] = [to(part.from), to(part.to)];
  const wanted = (high - low) * share;
  const by = Math.max(to(whole.from) - low, Math.min(to(whole.to) - high, wanted));
  return { from: from(low + by), to: from(high + by) };
}
