import { OffrecError } from '#contract/errors.ts';
import type { RunSpec } from '#contract/run.ts';
import { openDevice } from '#engine/compute/device.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import type { PolicyInspector } from '#engine/evaluation/policy-inspector.ts';
import type { RunContext } from '#engine/methods/method.ts';
import { readCheckpoint } from './checkpoint.ts';
import { openRunParts } from './run-parts.ts';

/** A checkpoint's policy, ready to act. */
export interface OpenPolicy {
  readonly spec: RunSpec;
  readonly dataset: Dataset;
  readonly inspector: PolicyInspector;
  dispose(): void;
}

/**
 * Opens the policy of a checkpoint for looking at it: the phase is built and restored as for a resume, and
 * never stepped, so that nothing is written.
 * @throws OffrecError `invalid-input` for a checkpoint from before the policy; as `readCheckpoint`
 */
export async function openPolicy(
  checkpointFolder: string,
  datasetFolder: string,
): Promise<OpenPolicy> {
  const { state, tensors } = await readCheckpoint(checkpointFolder);
  const { spec } = state;
  const { dataset, method, config } = await openRunParts(spec, datasetFolder);
  const device = await openDevice(spec.compute);
  const random = new RandomStreams(spec.seed);
  const context: RunContext = {
    dataset,
    protocol: spec.protocol,
    seed: spec.seed,
    random,
    device: device.info,
    // A checkpoint holds the artefacts of its run, and nothing else of the run is needed.
    runFolder: checkpointFolder,
    cacheFolder: checkpointFolder,
    log: () => {},
    note: () => {},
  };
  const factories = await method.phases(context, config);
  random.restore(state.randomBeforePhase);
  const phase = await factories[state.phase]!();
  const inspector = phase.inspectPolicy?.();
  if (inspector === undefined) {
    phase.dispose();
    throw new OffrecError('invalid-input', 'This checkpoint holds no policy yet.', {
      where: `${state.phaseName} of ${spec.method}`,
      hint: 'Choose a checkpoint of the phase that learns the policy.',
    });
  }
  phase.restore({ tensors, values: state.values });
  return { spec, dataset, inspector, dispose: () => phase.dispose() };
}
