import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Variables, wasm, type Code } from './assembler.ts';

/** A matrix on the heap: bytes from one row to the next and from one column to the next. */
export interface StridedMatrix {
  readonly address: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface ProductSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Writes a b to `out` (rows without gaps); the columns of b must lie side by side. */
export type MultiplyMatrices = (
  out: number,
  a: StridedMatrix,
  b: StridedMatrix,
  size: ProductSize,
) => void;

/** Rows and four-column vectors of the block that is kept in registers: 12 of x64's 15. */
const blockRows = 6;
const blockVectors = 2;
const vectorBytes = 16;
const blockBytes = blockVectors * vectorBytes;
/** Fewer columns do not fill a block. */
export const fewestColumns = 4 * blockVectors;
/** Inner length of the pieces whose part of b stays in the fastest cache. */
const innerPiece = 256;

const rowNumbers = Array.from({ length: blockRows }, (_, row) => row);
const vectorNumbers = Array.from({ length: blockVectors }, (_, number) => number);

const variables = new Variables(
  [
    ...['a', 'aRowStride', 'aColumnStride', 'b', 'bRowStride', 'out', 'outRowStride'],
    ...['rows', 'inner', 'columns', 'continues', 'scratch'],
  ],
  [
    ...['row', 'column', 'left', 'start', 'number', 'source', 'packed'],
    ...rowNumbers.flatMap((row) => [`a${row}`, `out${row}`]),
  ],
  [
    ...['factor', ...vectorNumbers.map((number) => `b${number}`)],
    ...rowNumbers.flatMap((row) => vectorNumbers.map((number) => `sum${row}-${number}`)),
  ],
);
const { get, set, increase } = {
  get: (name: string) => variables.get(name),
  set: (name: string) => variables.set(name),
  increase: (name: string, amount: Code) => variables.increase(name, amount),
};

function smaller(x: Code, y: Code): Code {
  return [...x, ...y, ...x, ...y, ...wasm.less, ...wasm.select];
}

function assign(name: string, ...value: Code[]): Code {
  return [...value.flat(), ...set(name)];
}

function minus(name: string, amount: number): Code {
  return [...get(name), ...wasm.integer(amount), ...wasm.subtract];
}

function forEachSum(make: (row: number, number: number) => Code[]): Code {
  return rowNumbers.flatMap((row) => vectorNumbers.flatMap((number) => make(row, number).flat()));
}

/** Counts `left` down and leaves it for `loopWhile`. */
const countDown: Code = [...assign('left', minus('left', 1)), ...get('left')];

/** Copies the block's columns of b side by side: strides of whole pages would fight over cache lines. */
const packColumns: Code = [
  ...assign('source', get('b'), get('start'), wasm.add),
  ...assign('packed', get('scratch')),
  ...assign('left', get('inner')),
  ...wasm.loopWhile(
    ...vectorNumbers.map((number): Code => {
      const offset = number * vectorBytes;
      const value = [...get('source'), ...wasm.loadVector(offset)];
      return [...get('packed'), ...value, ...wasm.storeVector(offset)];
    }),
    increase('packed', wasm.integer(blockBytes)),
    increase('source', get('bRowStride')),
    countDown,
  ),
];

/** Rows beyond the last repeat the last: they compute and store the same values again. */
const pointAtRows: Code = rowNumbers.flatMap((row) => [
  ...assign(
    'number',
    smaller([...get('row'), ...wasm.integer(row), ...wasm.add], minus('rows', 1)),
  ),
  ...assign(`a${row}`, get('a'), get('number'), get('aRowStride'), wasm.multiply, wasm.add),
  ...assign(`out${row}`, get('out'), get('number'), get('outRowStride'), wasm.multiply, wasm.add),
  ...increase(`out${row}`, get('start')),
]);

const startSums: Code = [
  ...get('continues'),
  ...wasm.ifElse(
    forEachSum((row, number) => [
      ...[get(`out${row}`), wasm.loadVector(number * vectorBytes), set(`sum${row}-${number}`)],
    ]),
    forEachSum((row, number) => [wasm.zeroVector, set(`sum${row}-${number}`)]),
  ),
];

function accumulate(row: number, number: number, fused: boolean): Code {
  const [sum, factors] = [`sum${row}-${number}`, [...get('factor'), ...get(`b${number}`)]];
  return fused
    ? assign(sum, factors, get(sum), wasm.multiplyAdd)
    : assign(sum, get(sum), factors, wasm.multiplyVectors, wasm.addVectors);
}

function addProducts(fused: boolean): Code {
  return [
    ...assign('packed', get('scratch')),
    ...assign('left', get('inner')),
    ...wasm.loopWhile(
      ...vectorNumbers.map((number) =>
        assign(`b${number}`, get('packed'), wasm.loadVector(number * vectorBytes)),
      ),
      ...rowNumbers.map((row): Code => [
        ...assign('factor', get(`a${row}`), wasm.loadRepeated),
        ...vectorNumbers.flatMap((number) => accumulate(row, number, fused)),
        ...increase(`a${row}`, get('aColumnStride')),
      ]),
      increase('packed', wasm.integer(blockBytes)),
      countDown,
    ),
  ];
}

const storeSums = forEachSum((row, number) => [
  ...[get(`out${row}`), get(`sum${row}-${number}`), wasm.storeVector(number * vectorBytes)],
]);

/**
 * The kernel: for each block of columns, for each block of rows, sums of products in registers. The last
 * block of columns begins early enough to be a whole one and computes some columns again.
 */
function kernelBytes(fused: boolean): Uint8Array<ArrayBuffer> {
  const [stepColumns, stepRows] = [wasm.integer(fewestColumns), wasm.integer(blockRows)];
  return variables.module([
    assign('column', wasm.integer(0)),
    wasm.loopWhile(
      assign('start', smaller(get('column'), minus('columns', fewestColumns))),
      assign('start', get('start'), wasm.integer(4), wasm.multiply),
      packColumns,
      assign('row', wasm.integer(0)),
      wasm.loopWhile(
        ...[pointAtRows, startSums, addProducts(fused), storeSums],
        increase('row', stepRows),
        [...get('row'), ...get('rows'), ...wasm.less],
      ),
      increase('column', stepColumns),
      [...get('column'), ...get('columns'), ...wasm.less],
    ),
  ]);
}

type Kernel = (...parameters: number[]) => void;

/** The part of the platform's WebAssembly that is used here; Node's types leave it out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
  Memory: new () => object;
}

const { WebAssembly: platform } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** The part of the backend's module that is used here. */
interface BackendModule {
  asm: Record<string, unknown>;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** With fused multiply-add where this Node knows it, which doubles what a core does in a cycle. */
function instantiate(memory: object): Kernel {
  const fused = kernelBytes(true);
  const bytes = platform.validate(fused) ? fused : kernelBytes(false);
  const instance = new platform.Instance(new platform.Module(bytes), { env: { memory } });
  return instance.exports['run'] as Kernel;
}

function memoryOf({ asm }: BackendModule): object {
  for (const value of Object.values(asm)) if (value instanceof platform.Memory) return value;
  throw new Error('the WebAssembly backend shows no memory');
}

/** The product of matrices on the backend's heap. Keeps a little of the heap for itself. */
export function createMultiply(backend: BackendWasm): MultiplyMatrices {
  const module = backend.wasm as unknown as BackendModule;
  const kernel = instantiate(memoryOf(module));
  let scratch = { address: 0, inner: 0 };
  const reserve = (inner: number): number => {
    if (inner > scratch.inner) {
      if (scratch.address !== 0) module._free(scratch.address);
      scratch = { address: module._malloc(inner * blockBytes) >>> 0, inner };
    }
    return scratch.address;
  };
  return (out, a, b, { rows, inner, columns }) => {
    // A last block of columns that overlaps the one before must not add to what that one has stored.
    const piece = columns % fewestColumns === 0 ? Math.min(inner, innerPiece) : inner;
    const buffer = reserve(piece);
    for (let from = 0; from < inner; from += piece) {
      kernel(
        ...[a.address + from * a.columnStride, a.rowStride, a.columnStride],
        ...[b.address + from * b.rowStride, b.rowStride, out, columns * 4],
        ...[rows, Math.min(piece, inner - from), columns, from === 0 ? 0 : 1, buffer],
      );
    }
  };
}
