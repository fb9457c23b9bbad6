import { Document, isScalar, visit } from 'yaml';
import { experimentFileSchema, type ExperimentFile } from '#contract/experiment.ts';
import { protocolPresets, protocolSchema } from '#contract/protocol.ts';
import type { RunRecord } from '#contract/run.ts';
import { isSame, isSettings, type Settings, type SettingsSource } from '../configuration/values.ts';

/** A file to begin with. */
export const emptyFile = `name: my-experiment
datasets: []
methods: []
seeds: [0, 1, 2]
protocol: nx0
`;

/** One entry of a file's methods, whichever way it is written. */
export interface MethodEntry {
  readonly use: string;
  readonly label: string;
  readonly set: Settings;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The methods as far as they can be read: a file that is being written is seldom complete. */
export function methodEntries(file: Settings): MethodEntry[] {
  return listOf(file['methods']).map((entry) => {
    if (!isSettings(entry)) return { use: textOf(entry), label: '', set: {} };
    const { use, label, set } = entry;
    return { use: textOf(use), label: textOf(label), set: isSettings(set) ? set : {} };
  });
}

export function datasetNames(file: Settings): string[] {
  return listOf(file['datasets']).filter((name) => typeof name === 'string');
}

export interface ProtocolChoice {
  readonly preset: keyof typeof protocolPresets | null;
  readonly changes: Settings;
}

/** The protocol's preset with what the file changes of it. */
export function protocolChoice(file: Settings): ProtocolChoice {
  const given = file['protocol'] ?? 'nx0';
  const { preset = null, ...changes } = isSettings(given) ? given : { preset: given };
  const known = typeof preset === 'string' && Object.hasOwn(protocolPresets, preset);
  return { preset: known ? (preset as keyof typeof protocolPresets) : null, changes };
}

/** Published settings that stand under a method's changes, for each dataset; none where no dataset has any. */
export function presetSources(
  presets: readonly {
    readonly dataset: string;
    readonly source: string;
    readonly values: Settings;
  }[],
  datasets: readonly { readonly name: string; readonly kind: string }[],
): SettingsSource[] {
  return datasets.map(({ name, kind }) => {
    const preset =
      presets.find((each) => each.dataset === name) ??
      presets.find((each) => each.dataset === kind);
    return { title: name, source: preset?.source ?? null, values: preset?.values ?? {} };
  });
}

/** Seeds as they are written in a box: `0, 1, 2` and `0-9`; null where that is none. */
export function readSeeds(text: string): number[] | null {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const seeds: number[] = [];
  for (const part of parts) {
    const [, from, to = from] = /^(\d{1,10})(?:[-–](\d{1,10}))?$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from)) return null;
    if (Number(to) - Number(from) >= mostSeeds || Number(to) > 0xffffffff) return null;
    for (let seed = Number(from); seed <= Number(to); seed++) seeds.push(seed);
  }
  const unique = [...new Set(seeds)];
  return unique.length === 0 || unique.length > mostSeeds ? null : unique;
}

const mostSeeds = 1000;

export function seedsText(seeds: unknown): string {
  const list = listOf(seeds);
  const first = list[0];
  const isRow = list.length > 2 && list.every((seed, at) => seed === Number(first) + at);
  return isRow ? `${String(first)}-${String(list.at(-1))}` : list.map(String).join(', ');
}

/** A file as text, without what says nothing. */
export function fileText(file: ExperimentFile): string {
  const { name, description, datasets, seeds, protocol, compute, priority } = file;
  const methods = file.methods.map((entry) => {
    if (typeof entry === 'string') return entry;
    const { use, label, set } = entry;
    if (label === undefined && Object.keys(set).length === 0) return use;
    const isSet = Object.keys(set).length > 0;
    return { use, ...(label === undefined ? {} : { label }), ...(isSet ? { set } : {}) };
  });
  const said = {
    name,
    ...(description === undefined ? {} : { description }),
    datasets,
    methods,
    seeds,
    protocol,
    ...(Object.keys(compute).length === 0 ? {} : { compute }),
    ...(priority === 0 ? {} : { priority }),
  };
  const document = new Document(said);
  visit(document, {
    Seq: (_key, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** A file for one run, with those fields of its configuration that differ from what the method would take. */
export function fileOfRun(
  { experiment, label, spec }: Pick<RunRecord, 'experiment' | 'label' | 'spec'>,
  defaults: Settings,
  title: string,
): ExperimentFile {
  const set = Object.fromEntries(
    Object.entries(spec.config).filter(([name, value]) => !isSame(value, defaults[name])),
  );
  const use = { use: spec.method, set, ...(label === title ? {} : { label }) };
  return experimentFileSchema.parse({
    name: `${experiment}-copy`.slice(0, 80),
    datasets: [spec.dataset],
    methods: [use],
    seeds: [spec.seed],
    protocol: shortProtocol(spec.protocol),
    compute: spec.compute,
  });
}

const protocolDefaults: Settings = protocolSchema.parse({});

/** The preset's name where a protocol is one, otherwise all its fields. */
function shortProtocol(protocol: Settings): unknown {
  for (const [name, preset] of Object.entries(protocolPresets)) {
    const full = { ...protocolDefaults, ...preset };
    if (isSame(full, protocol)) return name;
  }
  const changes = Object.entries(protocol).filter(
    ([name, value]) => value !== protocolDefaults[name],
  );
  return Object.fromEntries(changes);
}
