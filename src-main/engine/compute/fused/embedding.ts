import type { Parameter } from '../parameters.ts';
import { tf } from '../tf.ts';

/** Rows of a table by ids of any shape: table [rows, width], ids int32 [...] → [..., width]. */
export function embed(table: Parameter, ids: tf.Tensor): tf.Tensor {
  const flat = ids.rank === 1 ? (ids as tf.Tensor1D) : tf.reshape(ids, [-1]);
  const rows = table.gather(flat as tf.Tensor1D);
  return ids.rank === 1 ? rows : tf.reshape(rows, [...ids.shape, table.shape[1] ?? 1]);
}
