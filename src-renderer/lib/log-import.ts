import { logRoles, type CheckedLog, type InspectedLog } from '#contract/log-file.ts';
import type { JsonValue } from '#contract/limits.ts';

export type LogRole = (typeof logRoles)[number];

/** How a file of features of users or items is read. */
export interface SideForm {
  readonly file: string;
  readonly key: string;
}

/** What the reader decides about a log before it is imported. */
export interface LogForm {
  readonly map: Readonly<Record<LogRole, string | null>>;
  /** Null leaves it to the importer. */
  readonly delimiter: string | null;
  readonly header: boolean | null;
  readonly split: 'none' | 'last-fraction' | 'last-per-user' | 'random';
  /** Share of the rows, for the splits by share. */
  readonly fraction: number;
  /** Rows a user, for the split by user. */
  readonly rows: number;
  readonly seed: number;
  readonly rewardMin: number | null;
  readonly rewardMax: number | null;
  /** Null leaves it to the importer. */
  readonly decimal: CheckedLog['decimal'] | null;
  /** As for strptime; empty leaves it to the importer. */
  readonly timeFormat: string;
  readonly onBadRow: 'fail' | 'skip';
  readonly duplicates: 'keep' | 'drop';
  readonly groundTruth: 'none' | 'rebuild';
  readonly userFeatures: SideForm;
  readonly itemFeatures: SideForm;
  readonly licence: string;
  readonly citation: string;
}

const noSide: SideForm = { file: '', key: '' };

export const emptyLogForm: LogForm = {
  map: { user: null, item: null, reward: null, time: null, propensity: null },
  delimiter: null,
  header: null,
  split: 'none',
  fraction: 0.2,
  rows: 1,
  seed: 0,
  rewardMin: null,
  rewardMax: null,
  decimal: null,
  timeFormat: '',
  onBadRow: 'fail',
  duplicates: 'keep',
  groundTruth: 'none',
  userFeatures: noSide,
  itemFeatures: noSide,
  licence: '',
  citation: '',
};

export const roleTitles: Readonly<Record<LogRole, string>> = {
  user: 'User',
  item: 'Item',
  reward: 'Reward',
  time: 'Time',
  propensity: 'Propensity',
};
export const requiredRoles: readonly LogRole[] = ['user', 'item', 'reward'];

/** The form with the guessed column of each part; what else was decided stays. */
export function withGuess(form: LogForm, { mapping }: InspectedLog): LogForm {
  const map = Object.fromEntries(logRoles.map((role) => [role, mapping[role] ?? null]));
  return { ...form, map: map as LogForm['map'] };
}

/** What is known of the file itself: the options of a guess. */
export function fileOptions({ delimiter, header }: LogForm): Record<string, JsonValue> {
  return {
    ...(delimiter === null ? {} : { delimiter }),
    ...(header === null ? {} : { header }),
  };
}

/** What decides whether a row can be used: the options of a check. */
export function checkOptions(form: LogForm): Record<string, JsonValue> {
  const { rewardMin: min, rewardMax: max, decimal } = form;
  const timeFormat = form.timeFormat.trim();
  const map = Object.fromEntries(
    Object.entries(form.map).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  return {
    ...fileOptions(form),
    map,
    ...(min === null || max === null ? {} : { rewardRange: { min, max } }),
    ...(decimal === null ? {} : { decimal }),
    ...(timeFormat === '' ? {} : { timeFormat }),
  };
}

function splitOptions({ split, fraction, rows, seed }: LogForm): JsonValue {
  if (split === 'none') return { kind: split };
  if (split === 'last-per-user') return { kind: split, rows };
  return split === 'random' ? { kind: split, fraction, seed } : { kind: split, fraction };
}

/** All options of the import. */
export function importOptions(form: LogForm): Record<string, JsonValue> {
  const { onBadRow, duplicates, groundTruth, licence, citation } = form;
  const side = ({ file, key }: SideForm) => (file === '' ? null : { file, key });
  const [users, items] = [side(form.userFeatures), side(form.itemFeatures)];
  return {
    ...checkOptions(form),
    test: splitOptions(form),
    onBadRow,
    duplicates,
    groundTruth,
    ...(users === null ? {} : { userFeatures: users }),
    ...(items === null ? {} : { itemFeatures: items }),
    ...(licence.trim() === '' ? {} : { licence: licence.trim() }),
    ...(citation.trim() === '' ? {} : { citation: citation.trim() }),
  };
}

/** How the values are read, where it is not as everywhere; empty otherwise. */
export function formsText({ decimal, timeFormat }: CheckedLog): string {
  const parts = [
    ...(decimal === 'comma' ? ['numbers with a decimal comma'] : []),
    ...(timeFormat === null ? [] : [`times as ${timeFormat}`]),
  ];
  return parts.length === 0 ? '' : `Read as ${parts.join(' and ')}.`;
}

/** What keeps the form from being imported, one sentence each. */
export function formProblems(form: LogForm): string[] {
  const problems = requiredRoles
    .filter((role) => form.map[role] === null)
    .map((role) => `Choose the column of the ${role}.`);
  const used = Object.values(form.map).filter((column) => column !== null);
  const twice = used.find((column, at) => used.indexOf(column) !== at);
  if (twice !== undefined) problems.push(`The column ${twice} plays two parts.`);
  const { rewardMin: min, rewardMax: max } = form;
  if ((min === null) !== (max === null)) problems.push('A reward range needs both ends.');
  if (min !== null && max !== null && min > max) {
    problems.push('The reward range begins above its end.');
  }
  if ((form.split === 'last-fraction' || form.split === 'last-per-user') && form.map.time === null)
    problems.push('Holding out the last rows needs a column of the time.');
  for (const [side, title] of [
    [form.userFeatures, 'users'],
    [form.itemFeatures, 'items'],
  ] as const) {
    if (side.file !== '' && side.key === '') {
      problems.push(`Name the id column in the file of the ${title}’ features.`);
    }
  }
  return problems;
}

/** A name for the dataset from its file or folder, free among those that are taken. */
export function suggestName(path: string, taken: readonly string[]): string {
  const last = path.split(/[\\/]/).filter(Boolean).at(-1) ?? '';
  const stem = last.replace(/\.(csv|tsv|tab|jsonl|ndjson|json|parquet|pq|txt|dat)$/i, '');
  const plain = stem
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 70);
  const base = plain === '' ? 'dataset' : plain;
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base}-${String(number)}`;
  return name;
}
