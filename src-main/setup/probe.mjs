/**
 * Proves a native library: loads the addon named on the command line, multiplies two numbers eagerly and once
 * more as a function, and prints what it found as JSON. Runs in a process of its own, because a library that
 * does not fit the machine may end the process that loads it.
 */
import { createRequire } from 'node:module';
import { argv, stdout } from 'node:process';
import { isDeepStrictEqual } from 'node:util';

const addonPath = argv[2];
if (addonPath === undefined) throw new Error('The addon to prove is not named.');
const binding = createRequire(import.meta.url)(addonPath);

const types = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
const three = binding.createTensor([1], binding.TF_FLOAT, new Float32Array([3]));
const five = binding.createTensor([1], binding.TF_FLOAT, new Float32Array([5]));
expectFifteen(binding.executeOp('Mul', types, [three, five], 1));

binding.addFunction(productGraph(), 'offrec_probe', 'a:0,b:0', 'product:0', '');
expectFifteen(binding.executeOp('offrec_probe', [], [three, five], 1));
binding.removeFunction('offrec_probe');

stdout.write(JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));

/** @param {{ id: number }[]} outputs */
function expectFifteen(outputs) {
  const values = outputs.map(({ id }) => [...binding.tensorDataSync(id)]);
  if (!isDeepStrictEqual(values, [[15]])) throw new Error(`3 x 5 gave ${JSON.stringify(values)}.`);
}

/** A GraphDef with the placeholders `a` and `b` and their product. */
function productGraph() {
  const float = attribute('dtype', [0x30, binding.TF_FLOAT]);
  const product = attribute('T', [0x30, binding.TF_FLOAT]);
  return Buffer.concat([
    node('a', 'Placeholder', [], float),
    node('b', 'Placeholder', [], float),
    node('product', 'Mul', ['a', 'b'], product),
  ]);
}

/** @param {string} name @param {string} operation @param {string[]} inputs @param {Buffer} attributes */
function node(name, operation, inputs, attributes) {
  const parts = [field(1, Buffer.from(name)), field(2, Buffer.from(operation))];
  for (const input of inputs) parts.push(field(3, Buffer.from(input)));
  return field(1, Buffer.concat([...parts, attributes]));
}

/** One entry of a node's attribute map. @param {string} name @param {number[]} value */
function attribute(name, value) {
  return field(5, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]));
}

/** A length-delimited protobuf field. @param {number} number @param {Buffer} body */
function field(number, body) {
  return Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
}
