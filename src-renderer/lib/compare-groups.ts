import type { RunRow } from '#contract/routes/runs.ts';
import { seriesColours } from './colours.ts';
import { cellKey, protocolName } from './compare-source.ts';
import { fixedColumns, settingColumns, type RunColumn } from './run-rows.ts';

/** Runs that are shown as one: most often the seeds of one configuration. */
export interface RunGroup {
  /** Stays the same while the rule stays the same, whatever runs join. */
  readonly id: string;
  /** What tells the group from the others. */
  readonly name: string;
  readonly rows: readonly RunRow[];
}

/** What the reader chose for a group; kept by the group's id. */
export interface GroupChoice {
  readonly name?: string;
  readonly colour?: string;
  readonly hidden?: boolean;
  /** Its place in the palette, kept so that a group never changes its look when others join or leave. */
  readonly slot?: number;
}

export type Dash = 'solid' | 'dashed' | 'dotted' | readonly number[];

export interface GroupLook {
  readonly colour: string;
  readonly dash: Dash;
  /** Symbol of its points, as ECharts names them. */
  readonly marker: string;
}

export interface ShownGroup extends RunGroup {
  readonly look: GroupLook;
  readonly hidden: boolean;
  readonly isBaseline: boolean;
}

/** The configuration without the seed, as a field to group by. */
export const cellField = 'cell';
export const defaultGroupFields: readonly string[] = ['label', 'dataset', cellField];

const dashes: readonly Dash[] = ['solid', 'dashed', 'dotted', [10, 3, 2, 3], [2, 6]];
const markers = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow', 'roundRect'];

const ungroupable = new Set(['id', 'created', 'started', 'ended', 'progress', 'left', 'duration']);

/** Everything that runs can be grouped by. */
export function groupColumns(rows: readonly RunRow[]): RunColumn[] {
  const cell: RunColumn = {
    key: cellField,
    title: 'Configuration',
    kind: 'text',
    value: (row) => cellKey(row),
  };
  const fixed = fixedColumns.filter(({ key }) => !ungroupable.has(key));
  return [...fixed, cell, ...settingColumns(rows)];
}

function textOf(column: RunColumn, row: RunRow): string {
  if (column.key === 'protocol') return protocolName(row.spec.protocol, row.protocolHash);
  const value = column.value(row);
  return value === null ? '–' : String(value);
}

/** Columns in which the first runs of groups differ, the readable ones only. */
function differing(rows: readonly RunRow[], columns: readonly RunColumn[]): RunColumn[] {
  return columns.filter(
    (column) =>
      column.key !== cellField && new Set(rows.map((row) => textOf(column, row))).size > 1,
  );
}

const telling = (key: string): boolean =>
  key.startsWith('config.') || ['method', 'protocol', 'experiment'].includes(key);

/** Names that tell groups apart: the label, then what differs among those that share it. */
function nameGroups(groups: readonly (readonly RunRow[])[], by: readonly RunColumn[]): string[] {
  const firsts = groups.flatMap(([first]) => (first === undefined ? [] : [first]));
  const all = groupColumns(firsts);
  const usesLabel = by.some(({ key }) => key === 'label' || key === cellField);
  const plain = ['label', 'dataset', cellField];
  const shown = differing(firsts, by).filter(({ key }) => !plain.includes(key));
  const bases = firsts.map((row) => {
    const parts = usesLabel ? [row.label] : [];
    if (new Set(firsts.map(({ spec }) => spec.dataset)).size > 1) parts.push(row.spec.dataset);
    const fields = shown.map(
      (column) =>
        `${column.title.toLowerCase() === column.key ? column.key : column.title} ${textOf(column, row)}`,
    );
    return [...parts, ...fields].join(', ') || row.label;
  });
  return bases.map((base, at) => {
    const row = firsts[at];
    const alike = firsts.filter((_, other) => bases[other] === base);
    if (row === undefined || alike.length === 1) return base;
    const apart = differing(alike, all).filter(({ key }) => telling(key));
    // The experiment tells most groups apart and says least: it comes last.
    const told = apart.length > 1 ? apart.filter(({ key }) => key !== 'experiment') : apart;
    const fields = told
      .slice(0, 3)
      .map(
        (column) =>
          `${column.title.toLowerCase() === column.key ? column.key : column.title} ${textOf(column, row)}`,
      );
    return fields.length === 0
      ? `${base} [${cellKey(row).slice(0, 6)}]`
      : `${base}, ${fields.join(', ')}`;
  });
}

/** Groups of runs with equal values in all fields, in the order in which the first of each comes. */
export function groupRuns(rows: readonly RunRow[], fields: readonly string[]): RunGroup[] {
  const columns = groupColumns(rows);
  const by = fields.flatMap((key) => columns.find((column) => column.key === key) ?? []);
  const groups = new Map<string, RunRow[]>();
  for (const row of rows) {
    const id = by.map((column) => `${column.key}=${String(column.value(row))}`).join(' ');
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  const names = nameGroups([...groups.values()], by);
  return [...groups].map(([id, members], at) => ({ id, name: names[at] ?? id, rows: members }));
}

/** Look of a place in the palette: ten colours, then the same ones with other dashes and markers. */
export function lookOf(slot: number): GroupLook {
  const round = Math.floor(slot / seriesColours.length);
  return {
    colour: seriesColours[slot % seriesColours.length] ?? '#888888',
    dash: dashes[round % dashes.length] ?? 'solid',
    marker: markers[round % markers.length] ?? 'circle',
  };
}

/** Places for groups that have none yet: the first that no other group here has. */
export function assignSlots(
  ids: readonly string[],
  choices: Readonly<Record<string, GroupChoice>>,
): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const id of ids) {
    const slot = choices[id]?.slot;
    if (slot === undefined || taken.has(slot)) continue;
    slots.set(id, slot);
    taken.add(slot);
  }
  let next = 0;
  for (const id of ids) {
    if (slots.has(id)) continue;
    while (taken.has(next)) next += 1;
    slots.set(id, next);
    taken.add(next);
  }
  return slots;
}

/** Groups as they are shown: renamed, coloured, hidden; the baseline is the one that was pinned. */
export function showGroups(
  groups: readonly RunGroup[],
  choices: Readonly<Record<string, GroupChoice>>,
  baseline: string | null,
): ShownGroup[] {
  const slots = assignSlots(
    groups.map(({ id }) => id),
    choices,
  );
  return groups.map((group) => {
    const { name = group.name, colour, hidden = false } = choices[group.id] ?? {};
    const look = lookOf(slots.get(group.id) ?? 0);
    return {
      ...group,
      name,
      hidden,
      look: { ...look, colour: colour ?? look.colour },
      isBaseline: group.id === baseline,
    };
  });
}
