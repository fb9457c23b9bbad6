import { OffrecError } from '#contract/errors.ts';
import { dataType, type NativeArray } from './native/binding.ts';
import { CapturedFunction } from './native/captured-function.ts';
import { OperationFailure, Recorder, type Recording } from './native/recorder.ts';
import { CaptureRefusal, refuseInsideRecording } from './recording.ts';
import { nativeRuntime, runtime } from './runtime.ts';
import { withinStep } from './step-scope.ts';
import { tf } from './tf.ts';

/** One input of a step's call. The dtype follows the array's type. */
export interface Feed {
  data: Float32Array | Int32Array;
  shape: readonly number[];
}

/** What a step computes from its feeds: ordinary tfjs code. */
export type StepBody = (feeds: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

export interface CompiledStep {
  /** Runs the step once. The arrays may be overwritten as soon as this returns. */
  run(feeds: Record<string, Feed>): Record<string, Float32Array | Int32Array>;
  /** Whether the last run went through a recorded function. */
  readonly captured: boolean;
  /** Why the last run could not be recorded; null when it was, or when eager execution was asked for. */
  readonly refusal: string | null;
  dispose(): void;
}

let eagerDepth = 0;

/** Runs `body` with every compiled step executing eagerly: the oracle that recorded steps must equal. */
export function withEager<Result>(body: () => Result): Result {
  eagerDepth += 1;
  try {
    return body();
  } finally {
    eagerDepth -= 1;
  }
}

/**
 * Makes a step out of ordinary tfjs code. On the native device the body runs once for each set of feed
 * shapes while its operations are recorded; calls then run the recording as one TensorFlow function.
 * Elsewhere, and where recording is refused, the body itself runs on each call.
 *
 * The body may read Parameters, call `valueAndGradients` and `apply` optimisers. It returns the tensors
 * to be read back, by name (booleans come back as int32). Whatever else JavaScript decides in it is
 * frozen: feed it instead.
 */
export function compileStep(name: string, body: StepBody): CompiledStep {
  return new Step(name, body);
}

/** The recording for one set of feed shapes, or why there is none. */
type Variant = { function: CapturedFunction } | { refusal: string };

/** The recording of a step's last run. Throws when that was not captured. */
export function lastRecording(step: CompiledStep): Recording {
  if (step instanceof Step && step.lastFunction !== null) return step.lastFunction.recording;
  throw new OffrecError('device-unavailable', 'The step has not been recorded.', {
    hint: 'Run it once on the native device first.',
  });
}

class Step implements CompiledStep {
  private readonly name: string;
  private readonly body: StepBody;
  private readonly variants = new Map<string, Variant>();
  /** What the last run went through; null when it was eager. */
  lastFunction: CapturedFunction | null = null;
  private lastRefusal: string | null = null;
  private disposed = false;

  constructor(name: string, body: StepBody) {
    this.name = name;
    this.body = body;
  }

  get captured(): boolean {
    return this.lastFunction !== null;
  }

  get refusal(): string | null {
    return this.lastRefusal;
  }

  run(feeds: Record<string, Feed>): Record<string, Float32Array | Int32Array> {
    if (this.disposed) throw new Error(`the step ${this.name} was disposed`);
    refuseInsideRecording(`runs the step ${this.name} inside another`);
    const names = Object.keys(feeds);
    const signature = signatureOf(this.name, names, feeds);
    if (eagerDepth > 0 || runtime().kind === 'portable') {
      this.lastFunction = null;
      this.lastRefusal = null;
      return this.runEagerly(feeds);
    }
    const variant = this.variants.get(signature) ?? this.record(signature, names, feeds);
    this.lastFunction = 'function' in variant ? variant.function : null;
    this.lastRefusal = 'refusal' in variant ? variant.refusal : null;
    if ('refusal' in variant) return this.runEagerly(feeds);
    return this.call(variant.function, names, feeds);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.lastFunction = null;
    for (const variant of this.variants.values()) {
      if ('function' in variant) variant.function.dispose();
    }
    this.variants.clear();
  }

  private call(
    captured: CapturedFunction,
    names: readonly string[],
    feeds: Record<string, Feed>,
  ): Record<string, Float32Array | Int32Array> {
    const values = names.map((name) => nativeFeed(feeds[name]!));
    try {
      return captured.run(values) as Record<string, Float32Array | Int32Array>;
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): OffrecError {
    return new OffrecError('run-failed', `The step ${this.name} failed: ${messageOf(error)}`, {
      where: this.name,
      hint: 'Check that ids are in range and the inputs are finite.',
      cause: error,
    });
  }

  private record(
    signature: string,
    names: readonly string[],
    feeds: Record<string, Feed>,
  ): Variant {
    const variant = this.tryToRecord(names, feeds);
    this.variants.set(signature, variant);
    return variant;
  }

  private tryToRecord(names: readonly string[], feeds: Record<string, Feed>): Variant {
    const open = nativeRuntime();
    const recorder = new Recorder(open);
    tf.engine().startScope();
    try {
      const tensors: Record<string, tf.Tensor> = {};
      for (const name of names) {
        const { data, shape, dtype } = nativeFeed(feeds[name]!);
        const id = open.binding.createTensor(shape, dtype, data);
        tensors[name] = open.backend.createOutputTensor({ id, shape: [...shape], dtype });
        recorder.feed(name, { id, shape: [...shape], dtype });
      }
      const recording = withinStep(() =>
        recorder.record(() => withoutBooleans(this.body(tensors))),
      );
      return { function: this.addFunction(recording) };
    } catch (error) {
      if (error instanceof CaptureRefusal) return { refusal: error.message };
      throw error instanceof OperationFailure ? this.failure(error) : error;
    } finally {
      tf.engine().endScope();
    }
  }

  private addFunction(recording: Recording): CapturedFunction {
    try {
      return new CapturedFunction(nativeRuntime(), this.name, recording);
    } catch (error) {
      throw new CaptureRefusal(`cannot be made a function: ${messageOf(error)}`);
    }
  }

  private runEagerly(feeds: Record<string, Feed>): Record<string, Float32Array | Int32Array> {
    return tf.tidy(() =>
      withinStep(() => {
        const tensors: Record<string, tf.Tensor> = {};
        for (const [name, feed] of Object.entries(feeds)) tensors[name] = eagerFeed(feed);
        const outputs = Object.entries(withoutBooleans(this.body(tensors)));
        return Object.fromEntries(
          // A tensor made from an array may hand out that very array.
          outputs.map(([name, tensor]) => [name, tensor.dataSync<'float32' | 'int32'>().slice()]),
        );
      }),
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutBooleans(tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      tensor.dtype === 'bool' ? tf.cast(tensor, 'int32') : tensor,
    ]),
  );
}

function nativeFeed(feed: Feed): { data: NativeArray; shape: readonly number[]; dtype: number } {
  const dtype = feed.data instanceof Int32Array ? dataType.int32 : dataType.float;
  return { data: feed.data, shape: feed.shape, dtype };
}

function eagerFeed({ data, shape }: Feed): tf.Tensor {
  const dtype = data instanceof Int32Array ? 'int32' : 'float32';
  return tf.tensor(data.slice(), [...shape], dtype);
}

/** Names, types and shapes of the feeds: what a recording is valid for. Checks that arrays fill shapes. */
function signatureOf(step: string, names: readonly string[], feeds: Record<string, Feed>): string {
  let signature = '';
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    const { data, shape } = feeds[name]!;
    let size = 1;
    signature += data instanceof Int32Array ? `;${name}:i` : `;${name}:f`;
    for (let axis = 0; axis < shape.length; axis++) {
      size *= shape[axis]!;
      signature += `,${shape[axis]}`;
    }
    if (size !== data.length) {
      throw new Error(`${step}: ${data.length} values do not fill ${name} [${shape.join(', ')}]`);
    }
  }
  return signature;
}
