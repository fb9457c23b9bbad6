import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import { floats } from './heap.ts';

export interface AdamCoefficients {
  readonly beta1: number;
  readonly beta2: number;
  /** The learning rate with both bias corrections: rate · sqrt(1 − β₂ᵗ) / (1 − β₁ᵗ). */
  readonly stepSize: number;
  /** Added to sqrt(v). */
  readonly epsilon: number;
}

/**
 * One Adam update in a single pass, where tfjs's operations would make eleven. All tensors are float32 of
 * one shape; the results are new tensors: parameter, first and second moment.
 */
export function adamStep(
  parameter: tf.Tensor,
  first: tf.Tensor,
  second: tf.Tensor,
  slope: tf.Tensor,
  { beta1, beta2, stepSize, epsilon }: AdamCoefficients,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const backend = tf.backend() as BackendWasm;
  const outputs = [parameter, first, second].map(({ shape }) =>
    backend.makeOutput([...shape], 'float32'),
  ) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
  const [p, m, v, g] = [parameter, first, second, slope].map((tensor) =>
    floats(backend, tensor),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [nextP, nextM, nextV] = outputs.map((output) => floats(backend, output)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let index = 0; index < g.length; index++) {
    const gradient = g[index]!;
    const moment1 = beta1 * m[index]! + (1 - beta1) * gradient;
    const moment2 = beta2 * v[index]! + (1 - beta2) * gradient * gradient;
    nextM[index] = moment1;
    nextV[index] = moment2;
    nextP[index] = p[index]! - (stepSize * moment1) / (Math.sqrt(moment2) + epsilon);
  }
  const engine = tf.engine();
  return outputs.map((output) => engine.makeTensorFromTensorInfo(output)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
}
