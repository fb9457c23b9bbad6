import { z } from 'zod';
import type { DatasetManifest } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import type { ExperimentFile, MethodUse } from '#contract/experiment.ts';
import type { Protocol } from '#contract/protocol.ts';
import { deviceRequestSchema, type RunSpec } from '#contract/run.ts';
import { protocolHash, resolveProtocol } from '#engine/evaluation/protocol.ts';
import type { MethodDefinition } from '#engine/methods/method.ts';
import { getMethod } from '#engine/methods/registry.ts';
import { expandGrid, merge, type FieldSchema } from './grid.ts';
import { hashOf } from './hash.ts';

/** A cell of an experiment, with all that the store keeps of it. */
export interface Cell {
  readonly label: string;
  readonly spec: RunSpec;
  readonly specHash: string;
  /** Hash of the specification without its seed. */
  readonly cellHash: string;
  readonly protocolHash: string;
  readonly directions: Readonly<Record<string, 'max' | 'min' | 'none'>>;
}

/** A method as one entry of the file uses it, before datasets and seeds. */
interface Variant {
  readonly method: MethodDefinition;
  readonly label: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly where: string;
}

const mostRuns = 10_000;

/** The protocol of an experiment file, complete. */
export function protocolOf(given: ExperimentFile['protocol']): Protocol {
  try {
    return typeof given === 'string'
      ? resolveProtocol(given)
      : resolveProtocol(withoutUndefined(given));
  } catch (error) {
    throw asInvalid(error, 'protocol');
  }
}

function withoutUndefined<T extends object>(
  value: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function asInvalid(error: unknown, where: string): unknown {
  if (!(error instanceof z.ZodError)) return error;
  const [issue] = error.issues;
  const path = [where, ...(issue?.path ?? []).map(String)].join('.');
  return new OffrecError('invalid-input', issue?.message ?? 'Not a proper value.', { where: path });
}

export function directionsOf(method: MethodDefinition): Cell['directions'] {
  return Object.fromEntries(method.metrics.map(({ metric, direction }) => [metric, direction]));
}

async function variantsOf(use: MethodUse, where: string): Promise<Variant[]> {
  const {
    use: name,
    label,
    set,
  } = typeof use === 'string' ? { use, label: undefined, set: {} } : use;
  const method = await getMethod(name).catch((error: unknown) => {
    if (!(error instanceof OffrecError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new OffrecError('invalid-input', error.message, { where, cause: error, ...hint });
  });
  const schema = z.toJSONSchema(method.schema, { io: 'input', unrepresentable: 'any' });
  const title = label ?? method.title;
  return expandGrid(set, schema as FieldSchema, `${where}.set`).map((point) => ({
    method,
    label: point.difference === '' ? title : `${title} (${point.difference})`,
    set: point.set,
    where: `${where}.set`,
  }));
}

/** Published settings for a dataset: by its name, else by its kind. */
export function presetFor(
  method: Pick<MethodDefinition, 'presets'>,
  dataset: DatasetManifest,
): Readonly<Record<string, unknown>> {
  const preset =
    method.presets.find((each) => each.dataset === dataset.name) ??
    method.presets.find((each) => each.dataset === dataset.kind);
  return preset?.values ?? {};
}

/** The method's complete configuration. Throws `invalid-input` with the field's path. */
export function checkConfig(
  method: MethodDefinition,
  given: Readonly<Record<string, unknown>>,
  where: string,
): Record<string, unknown> {
  const parsed = method.schema.safeParse(given);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  const fields = issue?.code === 'unrecognized_keys' ? issue.keys : (issue?.path ?? []).map(String);
  throw new OffrecError('invalid-input', issue?.message ?? 'Not a proper configuration.', {
    where: [where, ...fields].join('.'),
    hint: `offrec methods show ${method.name} lists the fields with their ranges.`,
  });
}

function refuseMisfit(protocol: Protocol, dataset: DatasetManifest): void {
  const fail = (message: string, hint?: string): never => {
    throw new OffrecError('invalid-input', message, {
      where: `protocol on dataset ${dataset.name}`,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  if (dataset.groundTruth === 'none') {
    fail(
      'The dataset has no ground truth, so nothing can be evaluated in it.',
      'Import it with a ground truth; for a log, with --set groundTruth=rebuild.',
    );
  }
  if (
    protocol.exitRule === 'category' &&
    !protocol.ignoreExit &&
    dataset.categoryFeature === null
  ) {
    fail('The exit rule looks at categories, and the dataset has none.');
  }
  if (protocol.repeats === 'removed' && protocol.maxLength > dataset.items) {
    fail(
      `Episodes of ${String(protocol.maxLength)} different items need a catalogue of that size.`,
    );
  }
}

export function cellOf(spec: RunSpec, label: string, directions: Cell['directions']): Cell {
  const cell: Partial<RunSpec> = { ...spec };
  delete cell.seed;
  return {
    label,
    spec,
    specHash: hashOf(spec),
    cellHash: hashOf(cell),
    protocolHash: protocolHash(spec.protocol),
    directions,
  };
}

/**
 * Every run that the file asks for, seed by seed, so that all methods have a first seed before any has a second.
 * A specification that the file names twice is one run. Nothing is written.
 */
export async function planCells(
  file: ExperimentFile,
  datasetOf: (name: string) => DatasetManifest,
): Promise<Cell[]> {
  const protocol = protocolOf(file.protocol);
  const compute = deviceRequestSchema.parse(file.compute);
  const datasets = [...new Set(file.datasets)].map(datasetOf);
  for (const dataset of datasets) refuseMisfit(protocol, dataset);
  const variants: Variant[] = [];
  for (const [position, use] of file.methods.entries()) {
    variants.push(...(await variantsOf(use, `methods[${String(position)}]`)));
  }
  const seeds = [...new Set(file.seeds)];
  if (seeds.length * datasets.length * variants.length > mostRuns) {
    throw new OffrecError(
      'invalid-input',
      `The experiment has more than ${String(mostRuns)} runs.`,
      {
        where: file.name,
        hint: 'Split it, or shorten a list of values.',
      },
    );
  }
  const configured = datasets.flatMap((dataset) =>
    variants.map((variant) => {
      const given = merge(presetFor(variant.method, dataset), variant.set);
      return { dataset, variant, config: checkConfig(variant.method, given, variant.where) };
    }),
  );
  const cells = new Map<string, Cell>();
  for (const seed of seeds) {
    for (const { dataset, variant, config } of configured) {
      const spec: RunSpec = {
        dataset: dataset.name,
        datasetChecksum: dataset.checksum,
        method: variant.method.name,
        config,
        seed,
        protocol,
        compute,
      };
      const cell = cellOf(spec, variant.label, directionsOf(variant.method));
      if (!cells.has(cell.specHash)) cells.set(cell.specHash, cell);
    }
  }
  return [...cells.values()];
}
