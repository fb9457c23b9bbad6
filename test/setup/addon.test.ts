import { createRequire } from 'node:module';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findNativeLibrary } from '#setup/native-library.mjs';

interface Binding {
  TF_FLOAT: number;
  createTensor(shape: number[], type: number, values: Float32Array): number;
  tensorDataSync(id: number): Float32Array;
  deleteTensor(id: number): void;
  getNumOfTensors(): number;
  executeOp(
    name: string,
    attributes: object[],
    inputs: number[],
    outputs: number,
  ): { id: number }[];
  addFunction(...values: unknown[]): void;
  removeFunction(...values: unknown[]): void;
}

const library = findNativeLibrary();
let binding: Binding;
beforeAll(() => {
  if (library === null) return;
  process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
  binding = createRequire(import.meta.url)(library.addonPath) as Binding;
});
beforeEach((context) => context.skip(library === null, 'TensorFlow is not prepared'));

const field = (number: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
const node = (name: string, operation: string, inputs: string[], typeName: string): Buffer =>
  field(
    1,
    Buffer.concat([
      field(1, Buffer.from(name)),
      field(2, Buffer.from(operation)),
      ...inputs.map((input) => field(3, Buffer.from(input))),
      field(5, Buffer.concat([field(1, Buffer.from(typeName)), field(2, Buffer.from([0x30, 1]))])),
    ]),
  );

/** The GraphDef of (a + b, a b). */
const graph = Buffer.concat([
  node('a', 'Placeholder', [], 'dtype'),
  node('b', 'Placeholder', [], 'dtype'),
  node('sum', 'AddV2', ['a', 'b'], 'T'),
  node('product', 'Mul', ['a', 'b'], 'T'),
]);

const run = (name: string, left: number, right: number): number[] => {
  const inputs = [left, right].map((value) =>
    binding.createTensor([1], binding.TF_FLOAT, new Float32Array([value])),
  );
  const outputs = binding.executeOp(name, [], inputs, 2).map(({ id }) => id);
  const values = outputs.map((id) => binding.tensorDataSync(id)[0] ?? Number.NaN);
  for (const id of [...inputs, ...outputs]) binding.deleteTensor(id);
  return values;
};

describe('addFunction', () => {
  it('makes a graph one operation, with its outputs in the order asked for', () => {
    binding.addFunction(graph, 'both', 'a:0,b:0', 'product:0,sum', '');
    expect(run('both', 3, 5)).toEqual([15, 8]);
    binding.removeFunction('both');
  });

  it('keeps no tensor', () => {
    const before = binding.getNumOfTensors();
    binding.addFunction(graph, 'counted', 'a,b', 'sum,product', '');
    for (let round = 0; round < 100; round += 1) run('counted', round, 1);
    binding.removeFunction('counted');
    expect(binding.getNumOfTensors()).toBe(before);
  });

  it.each([
    ['too few arguments', [graph, 'f'], 'addFunction takes 5 arguments, not 2.'],
    ['too many arguments', [graph, 'f', '', '', '', ''], 'takes 5 arguments, not 6.'],
    ['no Buffer', ['graph', 'f', '', '', ''], 'graphDef must be a Buffer.'],
    ['no string', [graph, 'f', 7, '', ''], 'inputs must be a string.'],
    ['an empty name', [graph, '', 'a', 'sum', ''], 'name must not be empty.'],
    ['bytes that are no graph', [Buffer.from('oh no'), 'f', '', '', ''], 'graph was refused'],
    ['an unknown input', [graph, 'f', 'a,z:0', 'sum', ''], "no input 'z:0'"],
    ['an output beyond the last', [graph, 'f', 'a,b', 'sum:1', ''], "no output 'sum:1'"],
    ['an index that is no number', [graph, 'f', 'a,b', 'sum:x', ''], "no output 'sum:x'"],
    ['an unknown control output', [graph, 'f', 'a,b', 'sum', 'w'], "no control output 'w'"],
  ] as const)('refuses %s', (_what, values, message) => {
    expect(() => binding.addFunction(...values)).toThrow(message);
  });

  it('names the graph’s own fault in full', () => {
    const loose = node('x', 'Mul', ['nobody', 'nothing'], 'T');
    expect(() => binding.addFunction(loose, 'f', '', 'x', '')).toThrow(/nobody/);
  });
});

describe('removeFunction', () => {
  it('frees the name for another graph', () => {
    binding.addFunction(graph, 'again', 'a,b', 'sum,product', '');
    binding.removeFunction('again');
    binding.addFunction(graph, 'again', 'a,b', 'product,sum', '');
    expect(run('again', 2, 3)).toEqual([6, 5]);
    binding.removeFunction('again');
  });

  it('refuses a name that is not there', () => {
    expect(() => binding.removeFunction('nobody')).toThrow(/removeFunction: 'nobody'/);
    expect(() => binding.removeFunction()).toThrow('removeFunction takes 1 arguments, not 0.');
  });
});
