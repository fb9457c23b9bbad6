import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import {
  addressOf,
  currentKernel,
  floats,
  release,
  replaceKernel,
  required,
  type KernelCall,
  type PortableKernel,
} from './heap.ts';
import { createMultiply, fewestColumns, type MultiplyMatrices } from './matrix-kernel.ts';

export interface MatrixProductAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

type Product = PortableKernel<MatrixProductAttributes>;

const floatBytes = 4;
/** Edge of the square blocks in which a matrix is transposed, so that both sides stay in the cache. */
const blockEdge = 32;

/** A stack of matrices [batch, rows, columns] where it lies, after transposition. */
interface Stack {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly address: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Bytes from one matrix to the next; 0 where there is only one. */
  readonly matrixStride: number;
}

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

function stackShape(shape: readonly number[]): [number, number, number] {
  return [tf.util.sizeFromShape(shape.slice(0, -2)), shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

function transposed(backend: BackendWasm, tensor: tf.TensorInfo): tf.TensorInfo {
  const stack = stackShape(tensor.shape);
  const [, rows, columns] = stack;
  const out = backend.makeOutput([...tensor.shape.slice(0, -2), columns, rows], tensor.dtype);
  transposeMatrices(floats(backend, out), floats(backend, tensor), stack);
  return out;
}

function stackOf(backend: BackendWasm, tensor: tf.TensorInfo, transpose: boolean): Stack {
  const [batch, rows, columns] = stackShape(tensor.shape);
  const [long, short] = [columns * floatBytes, floatBytes];
  return {
    batch,
    rows: transpose ? columns : rows,
    columns: transpose ? rows : columns,
    address: addressOf(backend, tensor),
    rowStride: transpose ? short : long,
    columnStride: transpose ? long : short,
    matrixStride: batch === 1 ? 0 : rows * columns * floatBytes,
  };
}

/**
 * Products of matrices by the kernel of this folder. It reads the left side in any order; a transposed
 * right side is transposed first. Results too narrow for it are left to the backend.
 */
function matrixProduct(
  multiply: MultiplyMatrices,
  general: Product,
  call: KernelCall<MatrixProductAttributes>,
): tf.TensorInfo {
  const { attributes, backend } = call;
  const a = required(call.inputs, 'a');
  const given = required(call.inputs, 'b');
  const columns = given.shape.at(attributes.transposeB ? -2 : -1) ?? 1;
  const isEmpty = [...a.shape, ...given.shape].includes(0);
  if (a.dtype !== 'float32' || (columns < fewestColumns && !isEmpty)) {
    return narrowProduct(general, call);
  }
  const b = attributes.transposeB ? transposed(backend, given) : given;
  const left = stackOf(backend, a, attributes.transposeA);
  const leadingA = a.shape.slice(0, -2);
  const leading = tf.broadcast_util.assertAndGetBroadcastShape(leadingA, b.shape.slice(0, -2));
  const out = backend.makeOutput([...leading, left.rows, columns], 'float32');
  if (isEmpty) floats(backend, out).fill(0);
  else multiplyStacks(multiply, left, stackOf(backend, b, false), stackOf(backend, out, false));
  if (b !== given) release(backend, b);
  return out;
}

function multiplyStacks(multiply: MultiplyMatrices, a: Stack, b: Stack, out: Stack): void {
  if (a.columns !== b.rows) {
    throw new Error(`a product of ${a.columns} columns with ${b.rows} rows`);
  }
  const size = { rows: a.rows, inner: a.columns, columns: b.columns };
  if (b.batch === 1 && a.batch === out.batch && a.columnStride === floatBytes) {
    // Matrices below each other with one right side are one tall matrix.
    multiply(out.address, a, b, { ...size, rows: a.batch * a.rows });
    return;
  }
  for (let matrix = 0; matrix < out.batch; matrix++) {
    multiply(
      out.address + matrix * out.matrixStride,
      { ...a, address: a.address + matrix * a.matrixStride },
      { ...b, address: b.address + matrix * b.matrixStride },
      size,
    );
  }
}

/** By the backend, whose loop for transposed operands is very slow: they are transposed first. */
function narrowProduct(general: Product, call: KernelCall<MatrixProductAttributes>): tf.TensorInfo {
  const { attributes, backend } = call;
  const given = { a: required(call.inputs, 'a'), b: required(call.inputs, 'b') };
  const a = attributes.transposeA ? transposed(backend, given.a) : given.a;
  // XNNPACK packs a right side once by its id and overlooks that a reshaped tensor has the same id.
  const b = attributes.transposeB ? transposed(backend, given.b) : copied(backend, given.b);
  const inputs = { a, b };
  const out = general({ inputs, attributes: { transposeA: false, transposeB: false }, backend });
  if (a !== given.a) release(backend, a);
  release(backend, b);
  return out;
}

function copied(backend: BackendWasm, tensor: tf.TensorInfo): tf.TensorInfo {
  const out = backend.makeOutput(tensor.shape, tensor.dtype);
  floats(backend, out).set(floats(backend, tensor));
  return out;
}

/** Registers the product and gives it back for kernels that are built on it. */
export function registerMatrixProduct(): Product {
  const general = currentKernel<MatrixProductAttributes>(tf.BatchMatMul);
  const multiply = createMultiply(tf.backend() as BackendWasm);
  const kernel: Product = (call) => matrixProduct(multiply, general, call);
  replaceKernel(tf.BatchMatMul, kernel);
  return kernel;
}
