import { tf } from './tf.ts';

/**
 * What belongs to one execution of a step's body: parameters are read once and every use sees the same
 * tensor, until an update makes the read stale.
 */
interface StepScope {
  readonly reads: Map<object, tf.Tensor>;
  readonly owned: tf.Tensor[];
}

let current: StepScope | null = null;

/** Runs `body` as one step; inside another step it simply joins that. */
export function withinStep<Result>(body: () => Result): Result {
  if (current !== null) return body();
  const scope: StepScope = { reads: new Map(), owned: [] };
  current = scope;
  try {
    return body();
  } finally {
    current = null;
    for (const tensor of scope.owned) tensor.dispose();
  }
}

/** The step's read of `owner`, made on first use; outside of a step a fresh tensor that the caller owns. */
export function readOnce(owner: object, read: () => tf.Tensor): tf.Tensor {
  if (current === null) return read();
  const known = current.reads.get(owner);
  if (known !== undefined && !known.isDisposed) return known;
  const value = tf.keep(read());
  current.reads.set(owner, value);
  current.owned.push(value);
  return value;
}

/** After an update: the next read is a new one. The old tensor stays valid until the step ends. */
export function forgetRead(owner: object): void {
  current?.reads.delete(owner);
}
