import { OffrecError } from '#contract/errors.ts';
import { columnType, type ColumnType, type Sample } from './format.ts';

/** Which column plays which part. Columns are named as in the file, or `column3` by position. */
export interface LogMapping {
  readonly user: string;
  readonly item: string;
  readonly reward: string;
  readonly time?: string | undefined;
  readonly propensity?: string | undefined;
}

/** Some of the parts, as a caller names them. */
export type GivenMapping = { readonly [Role in keyof LogMapping]?: string | undefined };

type MappingRole = keyof LogMapping;

/** Usual names of each part, most telling first, without case, blanks, dashes and underscores. */
const usualNames: Record<MappingRole, readonly string[]> = {
  user: [
    'userid',
    'user',
    'uid',
    'visitorid',
    'visitor',
    'customerid',
    'sessionid',
    'session',
    'memberid',
    'reviewerid',
    'customer',
    'member',
    'accountid',
    'clientid',
    'u',
  ],
  item: [
    'itemid',
    'item',
    'iid',
    'movieid',
    'videoid',
    'songid',
    'productid',
    'articleid',
    'article',
    'asin',
    'aid',
    'bookid',
    'businessid',
    'trackid',
    'newsid',
    'contentid',
    'product',
    'sku',
    'movie',
    'video',
    'song',
    'track',
    'book',
    'sid',
    'i',
  ],
  reward: [
    'reward',
    'rating',
    'watchratio',
    'score',
    'click',
    'isclick',
    'clicked',
    'label',
    'stars',
    'overall',
    'value',
    'longview',
    'islike',
    'playcount',
    'r',
  ],
  time: [
    'timestamp',
    'time',
    'timems',
    'unixtime',
    'unixreviewtime',
    'datetime',
    'date',
    'eventtime',
    'createdat',
    'when',
    'ts',
    't',
  ],
  propensity: ['propensity', 'propensityscore', 'actionprob', 'pscore', 'probability', 'prob', 'p'],
};

const roles = Object.keys(usualNames) as MappingRole[];
const numericTypes: readonly ColumnType[] = ['integer', 'number'];

const fits: Record<MappingRole, (type: ColumnType) => boolean> = {
  user: (type) => type !== 'empty' && type !== 'time',
  item: (type) => type !== 'empty' && type !== 'time',
  reward: (type) => numericTypes.includes(type),
  time: (type) => numericTypes.includes(type) || type === 'time',
  propensity: (type) => numericTypes.includes(type),
};

interface DescribedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly examples: readonly string[];
}

export interface GuessedMapping {
  readonly columns: readonly DescribedColumn[];
  readonly mapping: GivenMapping;
  /** 1: every required part was found by its name. 0: some required part was not found at all. */
  readonly confidence: number;
}

/** Names and types of a sample's columns, with a few of their values. */
function describeColumns(sample: Sample): DescribedColumn[] {
  return sample.columns.map((name, index) => {
    const values = sample.rows.map((row) => row[index] ?? null);
    const present = values.filter((value) => value !== null && value !== '') as string[];
    const examples = [...new Set(present)].slice(0, 3).map((value) => value.slice(0, 80));
    return { name, type: columnType(values), examples };
  });
}

/** Guesses the parts by name, then by type and position for files without usual names. */
export function guessParts(sample: Sample): GuessedMapping {
  const columns = describeColumns(sample);
  const mapping: Partial<Record<MappingRole, string>> = {};
  const take = (role: MappingRole, accepts: (type: ColumnType) => boolean): void => {
    const found = usualNames[role]
      .map((name) => columns.find((one) => plainName(one.name) === name && accepts(one.type)))
      .find((column) => column !== undefined);
    if (found === undefined || Object.values(mapping).includes(found.name)) return;
    mapping[role] ??= found.name;
  };
  for (const role of roles) take(role, fits[role]);
  // A required part goes by its name alone before it counts as missing: its broken rows are named later.
  for (const role of requiredRoles) take(role, (type) => type !== 'empty');
  const byName = requiredRoles.filter((role) => mapping[role] !== undefined).length;
  if (byName === 0) guessByPosition(columns, mapping);
  const found = requiredRoles.filter((role) => mapping[role] !== undefined).length;
  const confidence = found < requiredRoles.length ? 0 : byName === requiredRoles.length ? 1 : 0.5;
  return { columns, mapping, confidence };
}

const requiredRoles = ['user', 'item', 'reward'] as const;

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** The order of nearly all files without a header: user, item, reward, time. */
function guessByPosition(
  columns: readonly DescribedColumn[],
  mapping: Partial<Record<MappingRole, string>>,
): void {
  if (columns.some((column, index) => column.name !== `column${index + 1}`)) return;
  (['user', 'item', 'reward', 'time'] as const).forEach((role, index) => {
    const column = columns[index];
    if (column !== undefined && fits[role](column.type)) mapping[role] = column.name;
  });
}

/**
 * The columns to use: the given ones, checked, and guesses for what is required but not given. Time and
 * propensity are guessed only when nothing is given.
 *
 * @throws OffrecError `invalid-input` naming the part and the columns there are.
 */
export function resolveMapping(
  path: string,
  sample: Sample,
  given: GivenMapping | undefined,
): LogMapping {
  const guessed = guessParts(sample).mapping;
  const found: Partial<Record<MappingRole, string>> = {};
  for (const role of roles) {
    const wanted = given?.[role];
    const guessable = given === undefined || (requiredRoles as readonly string[]).includes(role);
    const column =
      wanted === undefined
        ? guessable
          ? guessed[role]
          : undefined
        : findColumn(path, sample, role, wanted);
    if (column !== undefined) found[role] = column;
  }
  const { user, item, reward } = found;
  if (user === undefined || item === undefined || reward === undefined) {
    const missing = requiredRoles.find((role) => found[role] === undefined)!;
    throw new OffrecError('invalid-input', `No column for the ${missing} was found.`, {
      where: path,
      hint: `Map it: ${missing}=COLUMN. The columns are ${listColumns(sample)}.`,
    });
  }
  refuseSharedColumn(path, found);
  return { ...found, user, item, reward };
}

function findColumn(path: string, sample: Sample, role: MappingRole, wanted: string): string {
  const exact = sample.columns.filter((column) => column === wanted);
  const loose = sample.columns.filter((column) => column.toLowerCase() === wanted.toLowerCase());
  const position = /^column(\d+)$/.exec(wanted);
  const numbered = position === null ? undefined : sample.columns[Number(position[1]) - 1];
  const matches =
    exact.length > 0 ? exact : loose.length > 0 ? loose : numbered === undefined ? [] : [numbered];
  const [match] = matches;
  if (match === undefined || matches.length > 1) {
    const problem = match === undefined ? 'is not in the file' : 'is there more than once';
    throw new OffrecError('invalid-input', `The column '${wanted}' for the ${role} ${problem}.`, {
      where: path,
      hint: `The columns are ${listColumns(sample)}.`,
    });
  }
  return match;
}

function refuseSharedColumn(path: string, found: Partial<Record<MappingRole, string>>): void {
  const used = roles.filter((role) => found[role] !== undefined);
  const shared = used.find((role, index) =>
    used.slice(0, index).some((other) => found[other] === found[role]),
  );
  if (shared === undefined) return;
  throw new OffrecError('invalid-input', `The column '${found[shared]}' is mapped twice.`, {
    where: path,
    hint: 'Map every part to a column of its own.',
  });
}

function listColumns(sample: Sample): string {
  const names = sample.columns.slice(0, 30).join(', ');
  return sample.columns.length > 30 ? `${names}, …` : names;
}
