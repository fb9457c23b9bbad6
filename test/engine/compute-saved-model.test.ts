import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileStep, withEager, type CompiledStep } from '#engine/compute/compile-step.ts';
import { embed, linear, maskShown, sampleCategorical } from '#engine/compute/fused.ts';
import { normal } from '#engine/compute/initialisers.ts';
import { dataType } from '#engine/compute/native/binding.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { nativeRuntime } from '#engine/compute/runtime.ts';
import { saveActingGraph } from '#engine/compute/saved-model.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';

const [rows, items, width, turns] = [4, 9, 3, 5];
const parameters = (): ParameterSet => {
  const stream = new RandomStreams(8).stream('acting');
  const set = new ParameterSet('acting');
  set.create('table', [items, width], normal(stream, [items, width], 1));
  set.create('weight', [width, items], normal(stream, [width, items], 1));
  set.create('bias', [items], normal(stream, [items], 1));
  return set;
};

/** Acts by the mean of the items shown so far, never showing one again. */
function actingStep(set: ParameterSet): CompiledStep {
  return compileStep('acting', ({ shown: shown, 'uniform numbers': uniforms }) => {
    const history = embed(set.get('table'), tf.minimum(shown!, tf.scalar(items - 1, 'int32')));
    const weight = set.get('weight').read<tf.Rank.R2>();
    const logits = linear(
      tf.mean(history, 1) as tf.Tensor2D,
      weight,
      set.get('bias').read<tf.Rank.R1>(),
    );
    const masked = maskShown(logits, shown as tf.Tensor2D);
    return { logits, action: sampleCategorical(masked, uniforms as tf.Tensor1D) };
  });
}

const shown = Int32Array.from({ length: rows * turns }, (_, at) => (at * 7) % (items + 1));
const uniforms = Float32Array.of(0.1, 0.4, 0.6, 0.95);
const feeds = {
  shown: { data: shown, shape: [rows, turns] },
  'uniform numbers': { data: uniforms, shape: [rows] },
};

describe.skipIf(nativeObstacle !== null)(nativeSuite('an acting step as SavedModel'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-saved-model-'));
  let set: ParameterSet;
  let step: CompiledStep;
  let expected: Record<string, Float32Array | Int32Array>;

  beforeAll(async () => {
    await openNative();
    set = parameters();
    step = actingStep(set);
    expected = step.run(feeds);
    saveActingGraph(step, folder);
  });

  afterAll(() => {
    step?.dispose();
    set?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is loaded and run by TensorFlow with the same results', () => {
    // Later training must not reach the saved values.
    set.get('bias').assign(new Float32Array(items).fill(100));
    const { binding } = nativeRuntime();
    const model = binding.loadSavedModel(folder, 'serve');
    const ids = [
      binding.createTensor([rows, turns], dataType.int32, shown),
      binding.createTensor([rows], dataType.float, uniforms),
    ];
    const inputs = 'input_shown:0,input_uniform_numbers:0';
    const results = binding.runSavedModel(model, ids, inputs, 'output_logits:0,output_action:0');
    expect(results.map(({ shape }) => shape)).toEqual([[rows, items], [rows]]);
    const [logits, action] = results.map(({ id }) => binding.tensorDataSync(id));
    expect([...action!]).toEqual([...expected['action']!]);
    for (const [at, value] of expected['logits']!.entries())
      expect(logits![at]).toBeCloseTo(value, 5);
    for (const id of [...ids, ...results.map((result) => result.id)]) binding.deleteTensor(id);
    binding.deleteSavedModel(model);
  });

  const python = spawnSync('python3', ['-c', 'import tensorflow'], { timeout: 120_000 });
  const skipped = python.status === 0 ? '' : ' (skipped: Python has no tensorflow)';

  it.skipIf(python.status !== 0)(
    `is loaded by Python with its names, types and shapes${skipped}`,
    () => {
      const script = `
import json, sys, tensorflow as tf
acting = tf.saved_model.load(sys.argv[1]).signatures['serving_default']
names = acting.structured_input_signature[1]
assert sorted(names) == ['shown', 'uniform numbers'], names
assert names['shown'].shape == (${rows}, ${turns}) and names['shown'].dtype == tf.int32
feeds = json.loads(sys.argv[2])
out = acting(**{
  'shown': tf.reshape(tf.constant(feeds['shown'], tf.int32), [${rows}, ${turns}]),
  'uniform numbers': tf.constant(feeds['uniforms'], tf.float32),
})
print(json.dumps({name: value.numpy().reshape(-1).tolist() for name, value in out.items()}))
`;
      const values = JSON.stringify({ shown: [...shown], uniforms: [...uniforms] });
      const result = spawnSync('python3', ['-c', script, folder, values], { encoding: 'utf8' });
      expect(result.status, result.stderr).toBe(0);
      const out = JSON.parse(result.stdout) as Record<string, number[]>;
      expect(out['action']).toEqual([...expected['action']!]);
      for (const [at, value] of expected['logits']!.entries())
        expect(out['logits']![at]).toBeCloseTo(value, 5);
    },
    120_000,
  );

  it('refuses a step that was not recorded or that updates parameters', () => {
    const eager = actingStep(set);
    withEager(() => eager.run(feeds));
    expect(() => saveActingGraph(eager, folder)).toThrow(/has not been recorded/);
    const updating = compileStep('updating', ({ x }) => {
      set.get('bias').assignTensor(x!);
      return { x: x! };
    });
    updating.run({ x: { data: new Float32Array(items), shape: [items] } });
    expect(() => saveActingGraph(updating, folder)).toThrow(/updates parameters/);
    eager.dispose();
    updating.dispose();
  });
});
