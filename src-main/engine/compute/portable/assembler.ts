/** A few instructions of WebAssembly with 128-bit vectors, as bytes (WebAssembly core specification, 5.4). */
export type Code = readonly number[];

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bytes, rest & 127];
}

const vector = (opcode: number, ...immediates: number[]): number[] => [
  0xfd,
  ...unsigned(opcode),
  ...immediates,
];

const [emptyBlock, loopOpcode, ifOpcode, elseOpcode, endOpcode] = [0x40, 0x03, 0x04, 0x05, 0x0b];

export const wasm = {
  integer: (value: number): Code => [0x41, ...signed(value)],
  add: [0x6a] as Code,
  subtract: [0x6b] as Code,
  multiply: [0x6c] as Code,
  less: [0x48] as Code,
  /** Takes (x, y, condition): x where the condition is not 0, else y. */
  select: [0x1b] as Code,
  /** Takes (address). Four floats. */
  loadVector: (offset: number): Code => vector(0, 0, ...unsigned(offset)),
  /** Takes (address). One float in all four places. */
  loadRepeated: vector(9, 2, 0) as Code,
  /** Takes (address, vector). */
  storeVector: (offset: number): Code => vector(11, 0, ...unsigned(offset)),
  zeroVector: vector(12, ...new Array<number>(16).fill(0)) as Code,
  addVectors: vector(0xe4) as Code,
  multiplyVectors: vector(0xe6) as Code,
  /** Takes (x, y, z): x * y + z, rounded once where the processor can. */
  multiplyAdd: vector(0x105) as Code,
  /** Runs `body` and again for as long as it leaves something other than 0. */
  loopWhile: (...body: Code[]): Code => [
    loopOpcode,
    emptyBlock,
    ...body.flat(),
    0x0d,
    0,
    endOpcode,
  ],
  /** Takes (condition). */
  ifElse: (whenTrue: Code, whenFalse: Code): Code => [
    ifOpcode,
    emptyBlock,
    ...whenTrue,
    elseOpcode,
    ...whenFalse,
    endOpcode,
  ],
};

/** Names of a function's variables: parameters and integer locals first, then vectors. */
export class Variables {
  readonly #parameters: readonly string[];
  readonly #integers: readonly string[];
  readonly #vectors: readonly string[];

  constructor(
    parameters: readonly string[],
    integers: readonly string[],
    vectors: readonly string[],
  ) {
    this.#parameters = parameters;
    this.#integers = integers;
    this.#vectors = vectors;
  }

  get(name: string): Code {
    return [0x20, ...this.#index(name)];
  }

  /** Takes (value). */
  set(name: string): Code {
    return [0x21, ...this.#index(name)];
  }

  /** `name` += `amount`. */
  increase(name: string, amount: Code): Code {
    return [...this.get(name), ...amount, ...wasm.add, ...this.set(name)];
  }

  /** The bytes of a module that exports one function `run` over an imported memory `env.memory`. */
  module(body: readonly Code[]): Uint8Array<ArrayBuffer> {
    const [integerType, vectorType, functionType] = [0x7f, 0x7b, 0x60];
    const locals = [
      ...[2, ...unsigned(this.#integers.length), integerType],
      ...[...unsigned(this.#vectors.length), vectorType],
    ];
    const code = [...locals, ...body.flat(), endOpcode];
    const parameterTypes = this.#parameters.map(() => integerType);
    const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    return Uint8Array.from([
      ...header,
      ...section(1, [functionType, ...unsigned(parameterTypes.length), ...parameterTypes, 0]),
      ...section(2, [...text('env'), ...text('memory'), 2, 0, 1]),
      ...section(3, [0]),
      ...section(7, [...text('run'), 0, 0]),
      ...section(10, [...unsigned(code.length), ...code]),
    ]);
  }

  #index(name: string): number[] {
    const all = [...this.#parameters, ...this.#integers, ...this.#vectors];
    const index = all.indexOf(name);
    if (index < 0) throw new Error(`there is no variable ${name}`);
    return unsigned(index);
  }
}

function text(value: string): number[] {
  return [...unsigned(value.length), ...new TextEncoder().encode(value)];
}

/** A section with one entry. */
function section(id: number, entry: readonly number[]): number[] {
  return [id, ...unsigned(entry.length + 1), 1, ...entry];
}
