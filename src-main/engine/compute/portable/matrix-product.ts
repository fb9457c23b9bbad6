import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import {
  currentKernel,
  floats,
  release,
  replaceKernel,
  required,
  reshaped,
  type KernelCall,
  type PortableKernel,
} from './heap.ts';

export interface MatrixProductAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

type Product = PortableKernel<MatrixProductAttributes>;

/** Edge of the square blocks in which a matrix is transposed, so that both sides stay in the cache. */
const blockEdge = 32;

/** out[b, c, r] = matrices[b, r, c] */
function transposeMatrices(
  out: Float32Array,
  matrices: Float32Array,
  [batch, rows, columns]: readonly [number, number, number],
): void {
  for (let matrix = 0; matrix < batch; matrix++) {
    const start = matrix * rows * columns;
    for (let blockRow = 0; blockRow < rows; blockRow += blockEdge) {
      const rowEnd = Math.min(blockRow + blockEdge, rows);
      for (let blockColumn = 0; blockColumn < columns; blockColumn += blockEdge) {
        const columnEnd = Math.min(blockColumn + blockEdge, columns);
        for (let column = blockColumn; column < columnEnd; column++) {
          for (let row = blockRow; row < rowEnd; row++) {
            out[start + column * rows + row] = matrices[start + row * columns + column] as number;
          }
        }
      }
    }
  }
}

/** Shape of a stack of matrices with all leading axes as one. */
function stackShape(shape: readonly number[]): [number, number, number] {
  const rows = shape.at(-2) ?? 1;
  const columns = shape.at(-1) ?? 1;
  return [tf.util.sizeFromShape(shape.slice(0, -2)), rows, columns];
}

function transposed(backend: BackendWasm, tensor: tf.TensorInfo): tf.TensorInfo {
  const stack = stackShape(tensor.shape);
  const [, rows, columns] = stack;
  const out = backend.makeOutput([...tensor.shape.slice(0, -2), columns, rows], tensor.dtype);
  transposeMatrices(floats(backend, out), floats(backend, tensor), stack);
  return out;
}

function copied(backend: BackendWasm, tensor: tf.TensorInfo): tf.TensorInfo {
  const out = backend.makeOutput(tensor.shape, tensor.dtype);
  floats(backend, out).set(floats(backend, tensor));
  return out;
}

/** Shape in which data was first the right-hand side of a product. */
const packedShapes = new WeakMap<object, string>();

/**
 * XNNPACK packs a right-hand side once by its id and ignores a later change of shape, but a reshaped tensor
 * has the id of the original: in another shape than the first it must be a copy.
 */
function safeRightHandSide(backend: BackendWasm, matrix: tf.TensorInfo): tf.TensorInfo {
  const shape = matrix.shape.join();
  const known = packedShapes.get(matrix.dataId);
  if (known === undefined) packedShapes.set(matrix.dataId, shape);
  if (known === undefined || known === shape) return reshaped(backend, matrix, matrix.shape);
  return copied(backend, matrix);
}

/**
 * Products of matrices. The backend multiplies two plain matrices through XNNPACK and everything else in a
 * loop that is ten times slower: so transposed operands are transposed first, and a stack of matrices
 * times one matrix becomes one tall matrix times that matrix.
 */
function matrixProduct(product: Product, call: KernelCall<MatrixProductAttributes>): tf.TensorInfo {
  const { attributes, backend } = call;
  const left = required(call.inputs, 'a');
  const right = required(call.inputs, 'b');
  const a = attributes.transposeA ? transposed(backend, left) : reshaped(backend, left, left.shape);
  const b = attributes.transposeB
    ? transposed(backend, right)
    : reshaped(backend, right, right.shape);
  const out = plainProduct(product, backend, a, b);
  release(backend, a, b);
  return out;
}

function plainProduct(
  product: Product,
  backend: BackendWasm,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
): tf.TensorInfo {
  const attributes = { transposeA: false, transposeB: false };
  const [batchA, rows, innerA] = stackShape(a.shape);
  const [batchB, innerB, columns] = stackShape(b.shape);
  if (batchB !== 1 || innerA !== innerB) return product({ inputs: { a, b }, attributes, backend });
  const tall = reshaped(backend, a, [batchA * rows, innerA]);
  const view = reshaped(backend, b, [innerB, columns]);
  const matrix = safeRightHandSide(backend, view);
  const out = product({ inputs: { a: tall, b: matrix }, attributes, backend });
  release(backend, tall, view, matrix);
  const [leadingA, leadingB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const leading = tf.broadcast_util.assertAndGetBroadcastShape(leadingA, leadingB);
  return { ...out, shape: [...leading, rows, columns] };
}

/** Registers the product and gives it back for kernels that are built on it. */
export function registerMatrixProduct(): Product {
  const product = currentKernel<MatrixProductAttributes>(tf.BatchMatMul);
  const kernel: Product = (call) => matrixProduct(product, call);
  replaceKernel(tf.BatchMatMul, kernel);
  return kernel;
}
