import type { RandomStream } from './random.ts';

/** First values of parameters; all in row-major order, weights as [inputs, outputs]. */

function uniform(stream: RandomStream, size: number, bound: number): Float32Array {
  const values = new Float32Array(size);
  stream.fillUniform(values);
  for (let index = 0; index < size; index++) values[index] = (2 * values[index]! - 1) * bound;
  return values;
}

/** Uniform on ±sqrt(6 / (inputs + outputs)) (Glorot and Bengio). */
export function glorotUniform(
  stream: RandomStream,
  [inputs, outputs]: readonly [number, number],
): Float32Array {
  return uniform(stream, inputs * outputs, Math.sqrt(6 / (inputs + outputs)));
}

/** Uniform on ±sqrt(6 / inputs), for layers followed by ReLU (He and others). */
export function heUniform(
  stream: RandomStream,
  [inputs, outputs]: readonly [number, number],
): Float32Array {
  return uniform(stream, inputs * outputs, Math.sqrt(6 / inputs));
}

/** Weight [inputs, outputs] and bias [outputs] as PyTorch's Linear starts them: ±1/sqrt(inputs). */
export function torchLinear(
  stream: RandomStream,
  [inputs, outputs]: readonly [number, number],
): { weight: Float32Array; bias: Float32Array } {
  const bound = 1 / Math.sqrt(inputs);
  return {
    weight: uniform(stream, inputs * outputs, bound),
    bias: uniform(stream, outputs, bound),
  };
}

/** Normal with mean 0. */
export function normal(
  stream: RandomStream,
  shape: readonly number[],
  standardDeviation: number,
): Float32Array {
  const values = zeros(shape);
  stream.fillNormal(values, standardDeviation);
  return values;
}

/** Normal with mean 0, values beyond two standard deviations drawn again. */
export function truncatedNormal(
  stream: RandomStream,
  shape: readonly number[],
  standardDeviation: number,
): Float32Array {
  const values = zeros(shape);
  for (let index = 0; index < values.length; index++) {
    let value = stream.normal();
    while (Math.abs(value) > 2) value = stream.normal();
    values[index] = standardDeviation * value;
  }
  return values;
}

export function zeros(shape: readonly number[]): Float32Array {
  return constant(shape, 0);
}

export function constant(shape: readonly number[], value: number): Float32Array {
  return new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value);
}

/**
 * A matrix [rows, columns] with orthonormal rows or columns, whichever are fewer, times `gain`
 * (Saxe and others): Gram and Schmidt on a normal matrix, in double precision.
 */
export function orthogonal(
  stream: RandomStream,
  [rows, columns]: readonly [number, number],
  gain = 1,
): Float32Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => stream.normal());
    // Twice, because one pass leaves rounding errors of the size of what was removed.
    for (const known of [...vectors, ...vectors]) subtractProjection(vector, known);
    const norm = Math.sqrt(dot(vector, vector));
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm));
  }
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = rows <= columns ? vectors[row]![column]! : vectors[column]![row]!;
      values[row * columns + column] = gain * value;
    }
  }
  return values;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function subtractProjection(vector: Float64Array, direction: Float64Array): void {
  const share = dot(vector, direction);
  for (let index = 0; index < vector.length; index++) vector[index]! -= share * direction[index]!;
}
