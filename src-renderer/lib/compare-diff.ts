import type { RunRow } from '#contract/routes/runs.ts';
import { canonical } from './compare-source.ts';
import type { RunGroup } from './compare-groups.ts';

/** Where a field belongs; results that differ in a `decisive` one do not compare like with like. */
const diffSections = [
  { key: 'method', title: 'Method', isDecisive: false },
  { key: 'setting', title: 'Hyper-parameters', isDecisive: false },
  { key: 'dataset', title: 'Dataset', isDecisive: true },
  { key: 'protocol', title: 'Protocol', isDecisive: true },
  { key: 'device', title: 'Device and versions', isDecisive: false },
  { key: 'run', title: 'Runs', isDecisive: false },
] as const;
export type DiffSection = (typeof diffSections)[number]['key'];

export interface DiffCell {
  /** Whole values in their order of appearance; more than one where the group's own runs differ. */
  readonly values: readonly string[];
}

export interface DiffField {
  readonly section: DiffSection;
  readonly name: string;
  /** One a group, in the groups' order. */
  readonly cells: readonly DiffCell[];
  readonly differs: boolean;
}

type Fields = Map<string, { section: DiffSection; name: string; value: string }>;

function flatten(value: unknown, path: string, out: (path: string, text: string) => void): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    for (const [name, held] of entries) {
      flatten(held, path === '' ? name : `${path}.${name}`, out);
    }
    if (entries.length > 0) return;
  }
  out(path, typeof value === 'string' ? value : canonical(value));
}

/** Every field of a run that may differ between runs, the seed apart. */
function fieldsOf(row: RunRow): Fields {
  const fields: Fields = new Map();
  const add = (section: DiffSection, root: unknown): void =>
    flatten(root, '', (name, value) => fields.set(`${section} ${name}`, { section, name, value }));
  const { spec, device } = row;
  add('method', { label: row.label, method: spec.method });
  add('setting', spec.config);
  add('dataset', { dataset: spec.dataset, checksum: spec.datasetChecksum });
  add('protocol', { ...spec.protocol, hash: row.protocolHash });
  add('device', { asked: spec.compute, ...(device === null ? {} : { used: device }) });
  add('run', { experiment: row.experiment, status: row.status });
  return fields;
}

function seedsField(groups: readonly RunGroup[]): DiffField {
  const cells = groups.map(({ rows }) => {
    const seeds = [...new Set(rows.map(({ spec }) => spec.seed))].sort((a, b) => a - b);
    return { values: [seeds.join(', ')] };
  });
  return { section: 'run', name: 'seeds', cells, differs: differ(cells) };
}

function differ(cells: readonly DiffCell[]): boolean {
  return (
    cells.some(({ values }) => values.length > 1) ||
    new Set(cells.map(({ values }) => JSON.stringify(values))).size > 1
  );
}

const missing = '–';

/** Fields by groups, in the order of sections; within a section in the order in which fields appear. */
export function diffGroups(groups: readonly RunGroup[]): DiffField[] {
  const names = new Map<string, { section: DiffSection; name: string }>();
  const byGroup = groups.map(({ rows }) => {
    const values = new Map<string, Set<string>>();
    for (const fields of rows.map(fieldsOf)) {
      for (const [key, { section, name }] of fields) {
        if (!names.has(key)) names.set(key, { section, name });
      }
      for (const [key, field] of fields) {
        values.set(key, (values.get(key) ?? new Set()).add(field.value));
      }
    }
    return values;
  });
  const found = [...names].map(([key, { section, name }]): DiffField => {
    const cells = byGroup.map((values) => ({ values: [...(values.get(key) ?? [missing])] }));
    return { section, name, cells, differs: differ(cells) };
  });
  const rank = ({ section }: DiffField): number =>
    diffSections.findIndex(({ key }) => key === section);
  return [...found, seedsField(groups)].sort((a, b) => rank(a) - rank(b));
}

export interface DiffPart {
  readonly key: DiffSection;
  readonly title: string;
  readonly fields: readonly DiffField[];
  /** Whether results of these groups cannot be compared because of what differs here. */
  readonly isObstacle: boolean;
}

/** Fields by section, those first that differ. */
export function sectionsOf(fields: readonly DiffField[]): DiffPart[] {
  return diffSections.flatMap(({ key, title, isDecisive }): DiffPart[] => {
    const own = fields.filter((field) => field.section === key);
    if (own.length === 0) return [];
    const sorted = [
      ...own.filter(({ differs }) => differs),
      ...own.filter(({ differs }) => !differs),
    ];
    return [{ key, title, fields: sorted, isObstacle: isDecisive && own.some((f) => f.differs) }];
  });
}

/** Without the labels where they say what the groups' names say already. */
export function withoutNames(
  fields: readonly DiffField[],
  groups: readonly RunGroup[],
): DiffField[] {
  const isName = ({ section, name, cells }: DiffField): boolean =>
    section === 'method' &&
    name === 'label' &&
    cells.every((cell, at) => cellText(cell) === groups[at]?.name);
  return fields.filter((field) => !isName(field));
}

export const cellText = ({ values }: DiffCell): string => values.join(' | ');

/** The fields whose name or values hold all words of `wanted`, in any case. */
export function searchDiff(fields: readonly DiffField[], wanted: string): DiffField[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return fields.filter(({ name, cells }) => {
    const text = [name, ...cells.flatMap(({ values }) => values)].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
