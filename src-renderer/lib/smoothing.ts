/**
 * Exponential moving average with the start's bias taken out:
 * s_t = a s_{t-1} + (1 - a) x_t, shown as s_t / (1 - a^t). Points that are not finite are kept as they are and
 * do not enter the average.
 *
 * @param weight a, at least 0 (nothing changes) and below 1.
 */
export function smooth(values: ArrayLike<number>, weight: number): number[] {
  let sum = 0;
  let correction = 1;
  return Array.from(values, (value) => {
    if (!Number.isFinite(value)) return value;
    sum = weight * sum + (1 - weight) * value;
    correction *= weight;
    return sum / (1 - correction);
  });
}
