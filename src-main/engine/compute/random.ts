import { createHash } from 'node:crypto';
import { OffrecError } from '#contract/errors.ts';
import { refuseInsideRecording } from './recording.ts';

/** One named sequence of pseudo-random numbers whose whole state is a short string. */
export interface RandomStream {
  /** Uniform over all 32-bit unsigned integers. */
  uint32(): number;
  /** Uniform on [0, 1) with 32 bits. */
  uniform(): number;
  /** Uniform on 0 … bound - 1, without bias. */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  fillUniform(out: Float32Array): void;
  fillIntegers(out: Int32Array, bound: number): void;
  fillNormal(out: Float32Array, standardDeviation?: number): void;
  /** Permutes in place, every order equally likely. */
  shuffle(values: Int32Array): void;
  /** 16 bytes as 32 hexadecimal digits. */
  state(): string;
  restore(state: string): void;
}

const inverse32 = 2 ** -32;
/** 24 bits fill a float32's mantissa exactly, so that no uniform rounds up to 1. */
const inverse24 = 2 ** -24;

/** xoshiro128** (Blackman and Vigna), seeded through SHA-256 of seed and name. */
class Xoshiro128 implements RandomStream {
  private readonly words = new Uint32Array(4);
  private readonly seed: number;
  private readonly name: string;

  constructor(seed: number, name: string) {
    this.seed = seed;
    this.name = name;
    this.reset();
  }

  /** Back to the first number of the sequence. */
  reset(): void {
    const digest = createHash('sha256').update(`${this.seed}/${this.name}`).digest();
    for (let index = 0; index < 4; index++) this.words[index] = digest.readUInt32LE(index * 4);
  }

  uint32(): number {
    refuseInsideRecording(`draws from the random stream ${this.name}`);
    return this.next();
  }

  private next(): number {
    const words = this.words;
    const second = words[1]!;
    const scrambled = Math.imul(second, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = second << 9;
    words[2]! ^= words[0]!;
    words[3]! ^= second;
    words[1]! ^= words[2]!;
    words[0]! ^= words[3]!;
    words[2]! ^= shifted;
    const last = words[3]!;
    words[3] = (last << 11) | (last >>> 21);
    return result;
  }

  uniform(): number {
    return this.uint32() * inverse32;
  }

  integer(bound: number): number {
    requireBound(bound);
    refuseInsideRecording(`draws from the random stream ${this.name}`);
    return this.below(bound);
  }

  private below(bound: number): number {
    // Values past the last whole multiple of the bound would favour small results: draw again.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = this.next();
    while (value >= limit) value = this.next();
    return value % bound;
  }

  /** Box and Muller's transform; the second value of the pair is dropped so that the state stays whole. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  fillUniform(out: Float32Array): void {
    refuseInsideRecording(`draws from the random stream ${this.name}`);
    for (let index = 0; index < out.length; index++) out[index] = (this.next() >>> 8) * inverse24;
  }

  fillIntegers(out: Int32Array, bound: number): void {
    requireBound(bound);
    refuseInsideRecording(`draws from the random stream ${this.name}`);
    for (let index = 0; index < out.length; index++) out[index] = this.below(bound);
  }

  fillNormal(out: Float32Array, standardDeviation = 1): void {
    refuseInsideRecording(`draws from the random stream ${this.name}`);
    for (let index = 0; index < out.length; index += 2) {
      const radius = standardDeviation * Math.sqrt(-2 * Math.log(1 - this.next() * inverse32));
      const angle = 2 * Math.PI * this.next() * inverse32;
      out[index] = radius * Math.cos(angle);
      if (index + 1 < out.length) out[index + 1] = radius * Math.sin(angle);
    }
  }

  shuffle(values: Int32Array): void {
    refuseInsideRecording(`draws from the random stream ${this.name}`);
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = values[last]!;
      values[last] = values[other]!;
      values[other] = kept;
    }
  }

  state(): string {
    return [...this.words].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  restore(state: string): void {
    if (!/^[0-9a-f]{32}$/.test(state) || /^0+$/.test(state)) {
      throw new OffrecError('corrupt-file', `The state of the random stream is not valid.`, {
        where: this.name,
        hint: 'Use an older checkpoint.',
      });
    }
    for (let index = 0; index < 4; index++) {
      this.words[index] = Number.parseInt(state.slice(index * 8, index * 8 + 8), 16);
    }
  }
}

function requireBound(bound: number): void {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
    throw new RangeError(`a random integer needs a bound from 1 to 2^32, not ${bound}`);
  }
}

/** The random streams of one run: one a purpose, each independent of how much the others are used. */
export class RandomStreams {
  private readonly seed: number;
  private readonly streams = new Map<string, Xoshiro128>();

  constructor(seed: number) {
    this.seed = seed;
  }

  /** The stream of this name, made on first use. */
  stream(name: string): RandomStream {
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const made = new Xoshiro128(this.seed, name);
    this.streams.set(name, made);
    return made;
  }

  /** The state of every stream used so far, by name. */
  state(): Record<string, string> {
    const names = [...this.streams.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, this.stream(name).state()]));
  }

  /** Continues from `state`; a stream that it does not name starts anew, as it would have then. */
  restore(state: Readonly<Record<string, string>>): void {
    for (const stream of this.streams.values()) stream.reset();
    for (const [name, value] of Object.entries(state)) this.stream(name).restore(value);
  }
}
