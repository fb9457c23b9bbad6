/**
 * Generalised advantage estimation over episodes laid out side by side:
 * δ_t = r_t + γ V(s_{t+1}) (1 − terminal_t) − V(s_t);  A_t = δ_t + γ λ (1 − end_t) A_{t+1};  return = A + V.
 * Every episode ends in a terminal state, so nothing is bootstrapped; λ = 1 gives Monte-Carlo returns.
 * @param rewardsET rewards, [episodes, maxLength] row-major
 * @param valuesET V(s_t), same layout
 * @param lengths steps of each episode, [episodes]
 * @returns returns in the same layout; entries past an episode's length are 0
 */
export function lambdaReturns(
  rewardsET: Float32Array,
  valuesET: Float32Array,
  lengths: Int32Array,
  maxLength: number,
  options: { gamma: number; lambda: number },
): Float32Array {
  const { gamma, lambda } = options;
  const returnsET = new Float32Array(rewardsET.length);
  for (let episode = 0; episode < lengths.length; episode++) {
    const start = episode * maxLength;
    let advantage = 0;
    let nextValue = 0;
    for (let at = start + lengths[episode]! - 1; at >= start; at--) {
      const value = valuesET[at]!;
      const delta = rewardsET[at]! + gamma * nextValue - value;
      advantage = delta + gamma * lambda * advantage;
      returnsET[at] = advantage + value;
      nextValue = value;
    }
  }
  return returnsET;
}

/**
 * Sizes of the minibatches of one pass: all of `size`, a short tail merged into the last one
 * (3000 by 1024 gives 1024, 1976).
 */
export function mergedMinibatches(count: number, size: number): number[] {
  if (count <= 0) return [];
  const full = Math.max(1, Math.floor(count / size));
  const sizes = new Array<number>(full).fill(size);
  sizes[full - 1] = count - size * (full - 1);
  return sizes;
}
