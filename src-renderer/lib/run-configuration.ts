import { stringify } from 'yaml';
import type { MethodDetail } from '#contract/routes/methods.ts';
import type { RunRecord } from '#contract/run.ts';
import { isSame } from './configuration/values.ts';

export interface ConfigurationLine {
  readonly name: string;
  readonly text: string;
  /** What it would be without a change, where it is something else. */
  readonly usual: string | null;
  readonly origin: 'default' | 'preset';
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');

/** A dataset's name and, as far as it is known, its kind. */
type DatasetNames = readonly (string | undefined)[];

/** The settings that a paper has for a dataset of one of these names. */
function presetFor(method: MethodDetail, names: DatasetNames): Readonly<Record<string, unknown>> {
  return method.presets.find(({ dataset }) => names.includes(dataset))?.values ?? {};
}

/** A run's hyper-parameters beside the paper's settings for its dataset, or the defaults. */
export function configurationLines(
  record: RunRecord,
  method: MethodDetail | null,
  datasetKind?: string,
): ConfigurationLine[] {
  const preset = method === null ? {} : presetFor(method, [record.spec.dataset, datasetKind]);
  return Object.entries(record.spec.config).map(([name, value]) => {
    const origin = Object.hasOwn(preset, name) ? 'preset' : 'default';
    const usual = origin === 'preset' ? preset[name] : method?.defaults[name];
    const isChanged = method !== null && !isSame(usual, value);
    return { name, text: textOf(value), usual: isChanged ? textOf(usual) : null, origin };
  });
}

/** Everything that decides what the run computes, for a file. */
export function runYaml(record: RunRecord): string {
  const { id, experiment, label, spec, protocolHash, device } = record;
  return stringify({ run: id, experiment, label, ...spec, protocolHash, device });
}
