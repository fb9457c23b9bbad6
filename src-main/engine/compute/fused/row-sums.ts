import { dataType } from '../native/binding.ts';
import { attribute } from '../native/operation.ts';
import { nativeRuntime, runtime } from '../runtime.ts';
import { tf } from '../tf.ts';

/** Rows narrower than this are added up number by number by TensorFlow's sparse product, others by vectors. */
const vectorWidth = 32;

/**
 * out[r] = Σ x[n] over all n with ids[n] = r, in the order of n: what a gather's gradient needs.
 * x [n, width], ids int32 [n] in range → [rows, width].
 */
export function sumRows(x: tf.Tensor2D, ids: tf.Tensor1D, rows: number): tf.Tensor2D {
  const [, width] = x.shape;
  const device = runtime();
  const isNarrow = width > 1 && width < vectorWidth;
  // On a graphics card the sparse product adds in no fixed order.
  if (isNarrow && device.kind === 'native' && !device.binding.isUsingGpuDevice()) {
    return sparseProduct(x, ids, rows);
  }
  return tf.unsortedSegmentSum(x, ids, rows);
}

/**
 * The sparse matrix with a one at (ids[n], n), times x. TensorFlow's UnsortedSegmentSum spends its time on
 * getting at each row, which for narrow rows takes twice as long as this.
 */
function sparseProduct(x: tf.Tensor2D, ids: tf.Tensor1D, rows: number): tf.Tensor2D {
  const [count] = ids.shape;
  const { backend } = nativeRuntime();
  const { binding } = backend;
  const places = tf.stack([ids, tf.range(0, count, 1, 'int32')], 1);
  const ones = tf.fill([count], 1);
  const [placesId, onesId, xId] = backend.getInputTensorIds([places, ones, x]);
  // 64-bit numbers go in as pairs of 32-bit ones.
  const shapeId = binding.createTensor([2], dataType.int64, Int32Array.of(rows, 0, count, 0));
  const [sums] = binding.executeOp(
    'SparseTensorDenseMatMul',
    [
      attribute.float32,
      attribute.type('Tindices', dataType.int32),
      attribute.bool('adjoint_a', false),
      attribute.bool('adjoint_b', false),
    ],
    [placesId!, onesId!, shapeId, xId!],
    1,
  );
  binding.deleteTensor(shapeId);
  return backend.createOutputTensor(sums!) as tf.Tensor2D;
}
