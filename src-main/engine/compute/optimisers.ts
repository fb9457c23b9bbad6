import type { Gradients } from './gradients.ts';
import { attribute, operations } from './native/operation.ts';
import { requireFloats, type Parameter } from './parameters.ts';
import { adamStep } from './portable/adam.ts';
import { refuseInsideRecording } from './recording.ts';
import { isNative } from './runtime.ts';
import type { StateTensor } from './state.ts';
import { createStorage, nativeVariable, type Storage } from './storage.ts';
import { tf } from './tf.ts';

/** Updates parameters in place. Its slots are part of a checkpoint. */
export interface Optimiser {
  /** One update; inside or outside of a compiled step. */
  apply(gradients: Gradients): void;
  /** May be set between steps; recorded steps use the new value. */
  learningRate: number;
  tensors(): Record<string, StateTensor>;
  load(tensors: Readonly<Record<string, StateTensor>>): void;
  dispose(): void;
}

interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly storage: Storage;
}

/** Slots by name; they exist before a step is recorded, because a function cannot create them. */
class Slots {
  private readonly slots = new Map<string, Slot>();
  private readonly scope: string;

  constructor(scope: string) {
    this.scope = scope;
  }

  create(name: string, shape: readonly number[], value: number): Storage {
    const fullName = `${this.scope}/${name}`;
    const size = shape.reduce((product, length) => product * length, 1);
    const storage = createStorage(fullName, shape, new Float32Array(size).fill(value));
    this.slots.set(fullName, { name: fullName, shape, storage });
    return storage;
  }

  tensors(): Record<string, StateTensor> {
    refuseInsideRecording(`reads back the slots of ${this.scope}`);
    return Object.fromEntries(
      [...this.slots.values()].map(({ name, shape, storage }) => [
        name,
        { shape, data: storage.values() },
      ]),
    );
  }

  load(tensors: Readonly<Record<string, StateTensor>>): void {
    const loads = [...this.slots.values()].map((slot) => ({
      slot,
      values: requireFloats(tensors, slot.name, slot.shape),
    }));
    for (const { slot, values } of loads) slot.storage.assign(values);
  }

  dispose(): void {
    for (const { storage } of this.slots.values()) storage.dispose();
    this.slots.clear();
  }
}

/** A learning rate that a recorded step reads from the device, so that it can change between steps. */
class LearningRate {
  private readonly storage: Storage;
  private current: number;

  constructor(slots: Slots, value: number) {
    this.storage = slots.create('learningRate', [], value);
    this.current = value;
  }

  get value(): number {
    return this.current;
  }

  set value(next: number) {
    if (next === this.current) return;
    refuseInsideRecording('sets a learning rate');
    this.storage.assign(Float32Array.of(next));
    this.current = next;
  }

  /** After loading: what is on the device. */
  refresh(): void {
    this.current = this.storage.values()[0] ?? this.current;
  }

  read(): tf.Scalar {
    return this.storage.read() as tf.Scalar;
  }
}

export interface AdamOptions {
  learningRate: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Decoupled weight decay; above 0 this is AdamW. */
  weightDecay?: number;
}

/**
 * Adam (Kingma and Ba), with the bias corrections and the place of epsilon as in PyTorch:
 * m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * p -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).
 * With weight decay (Loshchilov and Hutter) p is first multiplied by 1 - rate * weightDecay.
 */
export class Adam implements Optimiser {
  private readonly slots: Slots;
  private readonly rate: LearningRate;
  private readonly moments = new Map<Parameter, { first: Storage; second: Storage }>();
  private readonly beta1Power: Storage;
  private readonly beta2Power: Storage;
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;
  private readonly weightDecay: number;

  constructor(scope: string, parameters: readonly Parameter[], options: AdamOptions) {
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
    this.weightDecay = options.weightDecay ?? 0;
    this.slots = new Slots(scope);
    this.rate = new LearningRate(this.slots, options.learningRate);
    this.beta1Power = this.slots.create('beta1Power', [], this.beta1);
    this.beta2Power = this.slots.create('beta2Power', [], this.beta2);
    for (const parameter of parameters) {
      this.moments.set(parameter, {
        first: this.slots.create(`first/${parameter.name}`, parameter.shape, 0),
        second: this.slots.create(`second/${parameter.name}`, parameter.shape, 0),
      });
    }
  }

  get learningRate(): number {
    return this.rate.value;
  }

  set learningRate(value: number) {
    this.rate.value = value;
  }

  apply(gradients: Gradients): void {
    tf.tidy(() => {
      const rate = this.rate.read();
      const power1 = this.beta1Power.read() as tf.Scalar;
      const power2 = this.beta2Power.read() as tf.Scalar;
      // The library adds epsilon to sqrt(v), PyTorch to sqrt(v / (1 - b2^t)).
      const epsilon = tf.mul(tf.sqrt(tf.sub(1, power2)), this.epsilon) as tf.Scalar;
      for (const [parameter, slope] of gradients) {
        if (this.weightDecay > 0) this.decay(parameter, rate);
        const { first, second } = this.momentsOf(parameter);
        const update = { target: parameter.forUpdate(), first, second, slope };
        const scalars = { power1, power2, rate, epsilon };
        const betas = { beta1: this.beta1, beta2: this.beta2 };
        if (isNative()) applyAdamNative(update, scalars, betas);
        else applyAdamPortable(update, scalars, betas);
      }
      this.beta1Power.assignTensor(tf.mul(power1, this.beta1));
      this.beta2Power.assignTensor(tf.mul(power2, this.beta2));
    });
  }

  tensors(): Record<string, StateTensor> {
    return this.slots.tensors();
  }

  load(tensors: Readonly<Record<string, StateTensor>>): void {
    this.slots.load(tensors);
    this.rate.refresh();
  }

  dispose(): void {
    this.slots.dispose();
  }

  private momentsOf(parameter: Parameter): { first: Storage; second: Storage } {
    const moments = this.moments.get(parameter);
    if (moments === undefined) {
      throw new Error(`${parameter.name} was not given to the optimiser when it was made`);
    }
    return moments;
  }

  private decay(parameter: Parameter, rate: tf.Scalar): void {
    const kept = tf.sub(1, tf.mul(rate, this.weightDecay));
    parameter.assignTensor(tf.mul(parameter.read(), kept));
  }
}

interface AdamUpdate {
  target: Storage;
  first: Storage;
  second: Storage;
  slope: tf.Tensor;
}

interface AdamScalars {
  power1: tf.Scalar;
  power2: tf.Scalar;
  rate: tf.Scalar;
  epsilon: tf.Scalar;
}

interface AdamBetas {
  beta1: number;
  beta2: number;
}

function applyAdamNative(update: AdamUpdate, scalars: AdamScalars, betas: AdamBetas): void {
  const { power1, power2, rate, epsilon } = scalars;
  operations(
    'ResourceApplyAdam',
    [
      attribute.float32,
      attribute.bool('use_locking', false),
      attribute.bool('use_nesterov', false),
    ],
    [power1, power2, rate, tf.scalar(betas.beta1), tf.scalar(betas.beta2), epsilon, update.slope],
    0,
    [update.target, update.first, update.second].map((storage) => nativeVariable(storage).handle),
  );
}

function applyAdamPortable(update: AdamUpdate, scalars: AdamScalars, betas: AdamBetas): void {
  const { target, first, second, slope } = update;
  const [power1, power2, rate, epsilon] = [
    scalars.power1,
    scalars.power2,
    scalars.rate,
    scalars.epsilon,
  ].map((scalar) => scalar.dataSync()[0]!) as [number, number, number, number];
  const stepSize = (rate * Math.sqrt(1 - power2)) / (1 - power1);
  const [nextTarget, nextFirst, nextSecond] = adamStep(
    target.read(),
    first.read(),
    second.read(),
    slope,
    { ...betas, stepSize, epsilon },
  );
  target.assignTensor(nextTarget);
  first.assignTensor(nextFirst);
  second.assignTensor(nextSecond);
}

/** Stochastic gradient descent: p -= rate * g. */
export class Sgd implements Optimiser {
  private readonly slots: Slots;
  private readonly rate: LearningRate;

  constructor(scope: string, _parameters: readonly Parameter[], options: { learningRate: number }) {
    this.slots = new Slots(scope);
    this.rate = new LearningRate(this.slots, options.learningRate);
  }

  get learningRate(): number {
    return this.rate.value;
  }

  set learningRate(value: number) {
    this.rate.value = value;
  }

  apply(gradients: Gradients): void {
    tf.tidy(() => {
      const rate = this.rate.read();
      for (const [parameter, slope] of gradients) {
        const target = parameter.forUpdate();
        if (isNative()) {
          const attributes = [attribute.float32, attribute.bool('use_locking', false)];
          const handle = nativeVariable(target).handle;
          operations('ResourceApplyGradientDescent', attributes, [rate, slope], 0, [handle]);
        } else {
          target.assignTensor(tf.sub(target.read(), tf.mul(slope, rate)));
        }
      }
    });
  }

  tensors(): Record<string, StateTensor> {
    return this.slots.tensors();
  }

  load(tensors: Readonly<Record<string, StateTensor>>): void {
    this.slots.load(tensors);
    this.rate.refresh();
  }

  dispose(): void {
    this.slots.dispose();
  }
}
