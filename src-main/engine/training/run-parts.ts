import { OffrecError } from '#contract/errors.ts';
import type { RunSpec } from '#contract/run.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import type { MethodDefinition } from '#engine/methods/method.ts';
import { getMethod } from '#engine/methods/registry.ts';

/** What a specification names, opened and checked. */
export interface RunParts {
  readonly dataset: Dataset;
  readonly method: MethodDefinition;
  /** Complete with defaults. */
  readonly config: unknown;
}

/** @throws OffrecError when the dataset has changed, or the configuration does not fit the method */
export async function openRunParts(spec: RunSpec, datasetFolder: string): Promise<RunParts> {
  const dataset = await openDataset(datasetFolder);
  if (dataset.manifest.checksum !== spec.datasetChecksum) {
    throw new OffrecError('checksum-mismatch', 'the dataset has changed since the run was made', {
      where: `dataset ${spec.dataset}`,
      hint: 'import the original files again under this name, or start a new run',
    });
  }
  const method = await getMethod(spec.method);
  const config = method.schema.safeParse(spec.config);
  if (!config.success) {
    const issue = config.error.issues[0]!;
    throw new OffrecError('invalid-input', issue.message, { where: issue.path.join('.') });
  }
  return { dataset, method, config: config.data };
}
