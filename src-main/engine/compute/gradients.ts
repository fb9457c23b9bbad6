import type { Parameter } from './parameters.ts';
import { withinStep } from './step-scope.ts';
import { tf } from './tf.ts';

/** Gradient by parameter. Parameters that the loss does not touch are absent. */
export type Gradients = ReadonlyMap<Parameter, tf.Tensor>;

interface TapeHolder {
  state: { activeTape: { saved: tf.Tensor[] }[] | null; gradientDepth: number };
}

/**
 * Runs `loss` once and differentiates its scalar `loss` with respect to `parameters`, reverse mode.
 * `outputs` are whatever the function returned, as tensors of the caller's scope.
 */
export function valueAndGradients<Extra extends object>(
  loss: () => { loss: tf.Scalar } & Extra,
  parameters: readonly Parameter[],
): { outputs: { loss: tf.Scalar } & Extra; gradients: Gradients } {
  return withinStep(() => {
    // Read before the tape starts: these very tensors are what the loss is differentiated by.
    const values = parameters.map((parameter) => parameter.read());
    const outputs: { current: ({ loss: tf.Scalar } & Extra) | null } = { current: null };
    const forward = (): tf.Scalar => {
      const result = loss();
      // tfjs disposes everything but the loss when the forward pass ends.
      for (const value of Object.values(result)) if (value instanceof tf.Tensor) tf.keep(value);
      outputs.current = result;
      return result.loss;
    };
    const { grads } = differentiate(forward, values);
    const gradients = new Map<Parameter, tf.Tensor>();
    parameters.forEach((parameter, index) => {
      const slope = grads[index];
      if (slope !== undefined && slope !== null) gradients.set(parameter, slope);
    });
    if (outputs.current === null) throw new Error('the loss was not evaluated');
    return { outputs: released(outputs.current), gradients };
  });
}

function differentiate(
  forward: () => tf.Scalar,
  values: tf.Tensor[],
): { grads: (tf.Tensor | undefined | null)[] } {
  const engine = tf.engine();
  try {
    if (values.length === 0) {
      forward();
      return { grads: [] };
    }
    const allowUntouched = true;
    return engine.gradients(forward, values, undefined, allowUntouched);
  } catch (error) {
    // A failed pass leaves what it saved for the backward pass alive.
    const { state } = engine as unknown as TapeHolder;
    for (const node of state.activeTape ?? []) for (const tensor of node.saved) tensor.dispose();
    state.activeTape = null;
    throw error;
  }
}

/** Kept tensors as ordinary ones, which the caller's scope disposes. */
function released<Outputs extends object>(outputs: Outputs): Outputs {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(outputs)) {
    result[name] = value;
    if (!(value instanceof tf.Tensor)) continue;
    result[name] = tf.clone(value);
    value.kept = false;
    value.dispose();
  }
  return result as Outputs;
}

/**
 * All gradients scaled by min(1, maxNorm / (norm + 1e-6)), where norm is the Euclidean norm over all of
 * them together.
 */
export function clipByGlobalNorm(gradients: Gradients, maxNorm: number): Gradients {
  const squares = [...gradients.values()].map((slope) => tf.sum(tf.square(slope)));
  if (squares.length === 0) return gradients;
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  return new Map([...gradients].map(([parameter, slope]) => [parameter, tf.mul(slope, factor)]));
}

/** The gradients of some of the parameters, for an optimiser that owns only those. */
export function selectGradients(gradients: Gradients, parameters: readonly Parameter[]): Gradients {
  return new Map([...gradients].filter(([parameter]) => parameters.includes(parameter)));
}
