import { readSafetensors, writeSafetensors } from '#engine/compute/safetensors.ts';
import { OffrecError } from '#contract/errors.ts';

/** Name of the one tensor in a matrix file. */
const tensorName = 'values';

/** Writes a row-major users x items matrix. Safetensors: one raw block, which other tools open as it is. */
export function writeMatrix(
  path: string,
  valuesUI: Float32Array,
  users: number,
  items: number,
): void {
  writeSafetensors(path, { [tensorName]: { shape: [users, items], data: valuesUI } });
}

/** Reads a matrix and checks its shape and that every value is finite. */
export function readMatrix(path: string, users: number, items: number): Float32Array {
  const { tensors } = readSafetensors(path);
  const tensor = tensors[tensorName];
  const fits = tensor?.shape.length === 2 && tensor.shape[0] === users && tensor.shape[1] === items;
  if (!fits || !(tensor.data instanceof Float32Array) || !tensor.data.every(Number.isFinite)) {
    throw new OffrecError(
      'corrupt-file',
      `The file does not hold ${users} x ${items} finite numbers.`,
      {
        where: path,
        hint: 'Remove the dataset and import it again.',
      },
    );
  }
  return tensor.data;
}
