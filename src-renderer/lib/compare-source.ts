import { protocolPresets, protocolSchema, type Protocol } from '#contract/protocol.ts';
import type { RunRow } from '#contract/routes/runs.ts';
import { compareNames } from './natural-order.ts';
import { parseQuery } from './row-query.ts';
import { fixedColumns, metricColumns, settingColumns, type RunColumn } from './run-rows.ts';

/** Which runs are compared: a rule, so that seeds that are added later join by themselves. */
export interface CompareSource {
  /** Runs whose configurations are compared, with every other seed of theirs. */
  readonly runs: readonly string[];
  /** Compare the runs named above alone, without their other seeds. */
  readonly exact: boolean;
  readonly experiments: readonly string[];
  /** A filter as on the page of runs; empty for none. */
  readonly query: string;
}

export const noSource: CompareSource = { runs: [], exact: false, experiments: [], query: '' };

/** The query of an address, as vue-router gives it. */
type AddressQuery = Readonly<Record<string, unknown>>;

function listOf(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',').filter(Boolean) : [];
}

/** The source that an address names. */
export function readSource(query: AddressQuery): CompareSource {
  const text = query['query'];
  return {
    runs: listOf(query['runs']),
    exact: query['exact'] === '1',
    experiments: listOf(query['experiments']),
    query: typeof text === 'string' ? text : '',
  };
}

/** The address of a source; the reverse of `readSource`. */
export function writeSource(source: CompareSource): Record<string, string> {
  return {
    ...(source.runs.length > 0 ? { runs: source.runs.join(',') } : {}),
    ...(source.exact ? { exact: '1' } : {}),
    ...(source.experiments.length > 0 ? { experiments: source.experiments.join(',') } : {}),
    ...(source.query.trim() === '' ? {} : { query: source.query }),
  };
}

export function isEmptySource(source: CompareSource): boolean {
  return source.runs.length + source.experiments.length === 0 && source.query.trim() === '';
}

/** JSON with the names of objects in order, so that equal values read the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, held: unknown) => {
    if (typeof held !== 'object' || held === null || Array.isArray(held)) return held;
    return Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** 64 bits of FNV-1a in hexadecimal: two halves with different beginnings. */
function shortHash(text: string): string {
  const half = (begin: number): string => {
    let hash = begin;
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  return half(0x811c9dc5) + half(0x2f0b4a31);
}

const presets = new Map(
  Object.entries(protocolPresets).map(([name, preset]) => [
    canonical(protocolSchema.parse(preset)),
    name,
  ]),
);

/** The name of a preset, or the beginning of the hash of any other protocol. */
export function protocolName(protocol: Protocol, hash: string): string {
  return presets.get(canonical(protocol)) ?? hash.slice(0, 8);
}

const cellKeys = new WeakMap<RunRow['spec'], string>();

/** Names what a run computes without its seed: runs with equal keys are seeds of one configuration. */
export function cellKey({ spec }: RunRow): string {
  const known = cellKeys.get(spec);
  if (known !== undefined) return known;
  const key = shortHash(canonical({ ...spec, seed: null }));
  cellKeys.set(spec, key);
  return key;
}

/** One run a specification: a repetition or a fork of the same one is no second sample. Done beats newer. */
function oneASpecification(rows: readonly RunRow[]): RunRow[] {
  const bySpec = new Map<string, RunRow>();
  for (const row of rows) {
    const rival = bySpec.get(row.specHash);
    const isDone = row.status === 'done';
    const wasDone = rival?.status === 'done';
    const isBetter =
      rival === undefined || (isDone === wasDone ? row.createdAt > rival.createdAt : isDone);
    if (isBetter) bySpec.set(row.specHash, row);
  }
  return [...bySpec.values()];
}

function queryColumns(rows: readonly RunRow[]): RunColumn[] {
  return [...fixedColumns, ...metricColumns(rows), ...settingColumns(rows)];
}

export interface ChosenRuns {
  readonly rows: readonly RunRow[];
  /** What is wrong with the source's filter, or null. */
  readonly mistake: string | null;
}

/** The runs that a source stands for now, by label, dataset and seed. */
export function chooseRuns(rows: readonly RunRow[], source: CompareSource): ChosenRuns {
  const named = new Set(source.runs);
  const cells = new Set(rows.filter(({ id }) => named.has(id)).map(cellKey));
  const experiments = new Set(source.experiments);
  const query = source.query.trim() === '' ? null : parseQuery(source.query, queryColumns(rows));
  const isRuled = (row: RunRow): boolean =>
    experiments.has(row.experiment) ||
    (query?.ok === true && query.test(row)) ||
    (!source.exact && cells.size > 0 && cells.has(cellKey(row)));
  // What was archived is compared only where it is named.
  const isChosen = (row: RunRow): boolean => named.has(row.id) || (!row.archived && isRuled(row));
  const order = (a: RunRow, b: RunRow): number =>
    compareNames(a.label, b.label) ||
    compareNames(a.spec.dataset, b.spec.dataset) ||
    a.spec.seed - b.spec.seed;
  return {
    rows: oneASpecification(rows.filter(isChosen)).sort(order),
    mistake: query?.ok === false ? query.message : null,
  };
}
