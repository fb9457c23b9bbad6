import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DatasetManifest, DatasetWarning } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import type { InspectedLog } from '#contract/log-file.ts';
import { Database, type DatabaseLimits } from './database.ts';
import type { FeatureColumn } from './dataset.ts';
import { buildFolder, checkName, hashFile, scratchFolder } from './files.ts';
import { judgeBadRows, type OnBadRow } from './log/bad-rows.ts';
import { negativeIdWarnings, numberEntities } from './log/entities.ts';
import { findRepeats, timeOrderWarnings } from './log/log-checks.ts';
import { guessParts, resolveMapping, type GivenMapping, type LogMapping } from './log/mapping.ts';
import {
  inspectFile,
  openSource,
  type FileOptions,
  type InspectedFile,
} from './log/open-source.ts';
import { readSide, stageSide, type SideFile } from './log/side-file.ts';
import type { RowSource } from './log/source.ts';
import { findForms } from './log/read-values.ts';
import { holdOut, type TestSplit } from './log/split.ts';
import { stageRows, type Reading, type RewardRange } from './log/stage.ts';
import type { DecimalMark } from './log/value-forms.ts';
import { datasetFiles, manifestFile, sealDataset } from './manifest.ts';
import { throwIfAborted, type ImportControl, type ImportTarget } from './progress.ts';
import { writeMatrix } from './matrices.ts';
import { rebuildGroundTruth } from './rebuild-ground-truth.ts';
import { isSingleValued, readInteractions, writeFeatures } from './tables.ts';
import { describeFeature } from './write-dataset.ts';

export interface ImportLogOptions extends ImportControl, ImportTarget, FileOptions {
  /** CSV, TSV, JSONL or Parquet, one interaction a row. */
  readonly file: string;
  /** Columns of user, item, reward, time and propensity; required ones not given are guessed. */
  readonly map?: GivenMapping | undefined;
  /** Rows to hold out; none by default. */
  readonly test?: TestSplit | undefined;
  /** Rewards outside are bad rows. */
  readonly rewardRange?: RewardRange | undefined;
  /** Of rewards and propensities; found out when not given. */
  readonly decimal?: DecimalMark | undefined;
  /** Of the times, as for strptime; when not given, ISO 8601, numbers, and what the first rows show. */
  readonly timeFormat?: string | undefined;
  /** Default `fail`. */
  readonly onBadRow?: OnBadRow | undefined;
  /** Rows equal to an earlier row; `keep` by default, and counted either way. */
  readonly duplicates?: 'keep' | 'drop' | undefined;
  readonly userFeatures?: SideFile | undefined;
  readonly itemFeatures?: SideFile | undefined;
  /** Item feature that counts as category. Default: the first with several values an item, else the first. */
  readonly categoryFeature?: string | undefined;
  /**
   * `rebuild` fits a complete matrix of rewards to the held-out rows, or to all rows where none are held out,
   * so that policies can be evaluated; results in it are marked as rebuilt. Default `none`.
   */
  readonly groundTruth?: 'none' | 'rebuild' | undefined;
  /** Of the rebuilt ground truth. */
  readonly seed?: number | undefined;
  readonly licence?: string | undefined;
  readonly citation?: string | undefined;
  readonly limits?: DatabaseLimits | undefined;
}

const shownRows = 20;
const cellCharacters = 200;

/** What the importer makes of a file before any mapping is given, from its first rows alone. */
export async function guessMapping(file: string, options: FileOptions = {}): Promise<InspectedLog> {
  const database = await Database.open(null);
  try {
    const inspected = await inspectFile(file, options, [], database);
    const { format, dialect } = inspected;
    const { delimiter = null, header = null } = dialect ?? {};
    const { sample, head } = inspected;
    return {
      ...guessParts(sample),
      format,
      delimiter,
      header,
      bytes: head.size,
      estimatedRows: estimateRows(inspected),
      rows: sample.rows
        .slice(0, shownRows)
        .map((row) => row.map((cell) => cell?.slice(0, cellCharacters) ?? null)),
    };
  } finally {
    database.close();
  }
}

/** From the lines of the file's beginning; null for a format that has none. */
function estimateRows({ format, head, dialect }: InspectedFile): number | null {
  if (format === 'parquet' || head.bytes.length === 0) return null;
  const newline = 10;
  const lines = head.bytes.reduce((sum, byte) => sum + (byte === newline ? 1 : 0), 0);
  const ended = head.bytes.at(-1) === newline ? 0 : 1;
  const complete = head.bytes.length + head.markBytes === head.size;
  const all = complete ? lines + ended : (lines / head.bytes.length) * head.size;
  return Math.max(0, Math.round(all) - (dialect?.header === true ? 1 : 0));
}

/**
 * Imports any log of interactions. Ids become 0 … n - 1 in the order of their values; rows stay in the
 * file's order.
 *
 * @throws OffrecError `invalid-input` (file:line, reason, what to do), `unsupported-format`,
 * `corrupt-file`, `not-found`, `already-exists`, `disk-full`, `out-of-memory`, `cancelled`.
 */
export async function importLog(options: ImportLogOptions): Promise<DatasetManifest> {
  checkName(options.name);
  const build = async (folder: string): Promise<DatasetManifest> => {
    const database = await Database.open(folder, options.signal, options.limits);
    try {
      return await new LogImport(options, folder, database).run();
    } finally {
      database.close();
    }
  };
  const replaces = options.replace === true ? manifestFile : null;
  return buildFolder(options.into, options.name, build, replaces);
}

/** Columns of the stored log beside user and item, in their order. */
function valueColumns(mapping: LogMapping): string[] {
  const optional = (['time', 'propensity'] as const).filter((role) => mapping[role] !== undefined);
  return ['reward', ...optional];
}

interface Entities {
  readonly count: number;
  readonly features: readonly FeatureColumn[];
}

class LogImport {
  readonly #options: ImportLogOptions;
  readonly #folder: string;
  readonly #scratch: string;
  readonly #database: Database;
  readonly #warnings: DatasetWarning[] = [];
  /** Settings of the rebuilt ground truth, when there is one. */
  #rebuilt: Readonly<Record<string, unknown>> | null = null;

  constructor(options: ImportLogOptions, folder: string, database: Database) {
    this.#options = options;
    this.#folder = folder;
    this.#scratch = join(folder, scratchFolder);
    this.#database = database;
  }

  async run(): Promise<DatasetManifest> {
    const { file, map } = this.#options;
    await mkdir(this.#scratch, { recursive: true });
    const expected = Object.values(map ?? {}).filter((name) => name !== undefined);
    const inspected = await inspectFile(file, this.#options, expected, this.#database);
    const mapping = resolveMapping(file, inspected.sample, map);
    const source = await openSource(inspected, this.#scratch, this.#database, this.#options);
    const reading = await this.#decideReading(inspected, mapping);
    await this.#readRows(source, reading);
    const users = await this.#readEntities('user', this.#options.userFeatures);
    const items = await this.#readEntities('item', this.#options.itemFeatures);
    await this.#makeLog(source, mapping);
    await this.#writeLogs(mapping);
    await this.#writeEntities('user', users);
    await this.#writeEntities('item', items);
    if (this.#options.groundTruth === 'rebuild')
      await this.#rebuildGroundTruth(mapping, users, items);
    return this.#seal(inspected, reading, users, items);
  }

  #report(stage: string): void {
    throwIfAborted(this.#options.signal);
    this.#options.onProgress?.({ done: 0, total: 0, unit: 'steps', stage });
  }

  async #decideReading({ sample }: InspectedFile, mapping: LogMapping): Promise<Reading> {
    const forms = await findForms(this.#database, sample, mapping, this.#options);
    return { sample, mapping, forms, range: this.#options.rewardRange };
  }

  async #readRows(source: RowSource, reading: Reading): Promise<void> {
    const rule = this.#options.onBadRow ?? 'fail';
    this.#warnings.push(...judgeBadRows(source, source.broken, rule));
    const bad = await stageRows(this.#database, source, reading, this.#options);
    this.#warnings.push(...judgeBadRows(source, bad, rule));
    if (source.rows > bad.count) return;
    throw new OffrecError('invalid-input', 'The file holds no row that can be used.', {
      where: source.file,
      hint: 'Check the file and the mapping of its columns.',
    });
  }

  /** Numbers the users or items of log and side file, and reads the latter's features. */
  async #readEntities(side: 'user' | 'item', file: SideFile | undefined): Promise<Entities> {
    this.#report(`number ${side}s`);
    const { onBadRow = 'fail' } = this.#options;
    const staged =
      file === undefined
        ? null
        : await stageSide(this.#database, side, file, onBadRow, this.#scratch, this.#options);
    const table = await numberEntities(
      this.#database,
      side,
      staged === null ? null : `${side}_side`,
    );
    this.#warnings.push(...(await negativeIdWarnings(this.#database, side, table)));
    if (staged === null) return { count: table.count, features: [] };
    const { features, warnings } = await readSide(this.#database, staged, table.count);
    this.#warnings.push(...warnings);
    await this.#database.run(`DROP TABLE ${side}_all; DROP TABLE ${side}_side`);
    return { count: table.count, features };
  }

  async #makeLog(source: RowSource, mapping: LogMapping): Promise<void> {
    this.#report('check rows');
    const { duplicates = 'keep', test = { kind: 'none' } } = this.#options;
    const values = valueColumns(mapping);
    const typed = values.map((name) => (name === 'time' ? name : `${name}::FLOAT AS ${name}`));
    await this.#database.run(
      `CREATE TABLE log AS SELECT read.rowid AS row, users.code AS user, items.code AS item, ${typed.join(', ')}
       FROM read JOIN users ON users.id = read.user JOIN items ON items.id = read.item WHERE bad = 0`,
    );
    await this.#database.run('DROP TABLE read');
    const drop = duplicates === 'drop';
    const columns = ['user', 'item', ...values];
    this.#warnings.push(...(await findRepeats(this.#database, source, columns, drop)));
    if (drop) await this.#database.run('DELETE FROM log WHERE row IN (SELECT row FROM repeats)');
    const hasTime = mapping.time !== undefined;
    if (hasTime) this.#warnings.push(...(await timeOrderWarnings(this.#database)));
    const [row] = await this.#database.rows('SELECT count(*) AS count FROM log');
    await holdOut(this.#database, test, hasTime, Number(row?.['count']));
  }

  async #writeLogs(mapping: LogMapping): Promise<void> {
    this.#report('write rows');
    const columns = ['user', 'item', ...valueColumns(mapping)].join(', ');
    const write = (join: string, file: string): Promise<void> =>
      this.#database.writeParquet(
        `SELECT ${columns} FROM log ${join} JOIN held_out USING (row) ORDER BY row`,
        this.#path(file),
      );
    await write('ANTI', datasetFiles.train);
    if ((this.#options.test?.kind ?? 'none') !== 'none') await write('SEMI', datasetFiles.test);
  }

  async #writeEntities(side: 'user' | 'item', entities: Entities): Promise<void> {
    this.#report(`write ${side}s`);
    const [table, features] =
      side === 'user'
        ? [datasetFiles.users, datasetFiles.userFeatures]
        : [datasetFiles.items, datasetFiles.itemFeatures];
    const query = `SELECT code AS ${side}, id FROM ${side}s ORDER BY code`;
    await this.#database.writeParquet(query, this.#path(table));
    if (entities.features.length === 0) return;
    await writeFeatures(this.#database, this.#folder, features, entities.features, entities.count);
  }

  async #rebuildGroundTruth(mapping: LogMapping, users: Entities, items: Entities): Promise<void> {
    this.#report('rebuild ground truth');
    const { interactions, testInteractions } = await this.#counts();
    const heldOut = testInteractions > 0;
    const log = await readInteractions(
      this.#database,
      this.#path(heldOut ? datasetFiles.test : datasetFiles.train),
      {
        users: users.count,
        items: items.count,
        rows: heldOut ? testInteractions : interactions,
        hasTime: mapping.time !== undefined,
        propensities: 'if-present',
      },
    );
    const size = { users: users.count, items: items.count };
    const rebuilt = rebuildGroundTruth({ ...size, log, seed: this.#options.seed ?? 0 });
    writeMatrix(this.#path(datasetFiles.groundTruth), rebuilt.rewardsUI, size.users, size.items);
    this.#rebuilt = rebuilt.settings;
    this.#warnings.push({
      code: 'ground-truth-rebuilt',
      message:
        `The ground truth was rebuilt by matrix factorisation on the ${heldOut ? 'held-out' : 'training'} ` +
        'rows. Results in it compare with each other only.' +
        (heldOut
          ? ''
          : ' Hold out rows shown at random where there are any: this truth knows the training log.'),
    });
  }

  async #seal(
    inspected: InspectedFile,
    reading: Reading,
    users: Entities,
    items: Entities,
  ): Promise<DatasetManifest> {
    this.#report('seal');
    const { interactions, testInteractions, reward } = await this.#counts();
    const { name, licence = 'not stated', citation = null } = this.#options;
    return sealDataset(
      this.#folder,
      {
        name,
        kind: 'log',
        users: users.count,
        items: items.count,
        interactions,
        testInteractions,
        density: interactions / (users.count * items.count),
        reward,
        hasTime: reading.mapping.time !== undefined,
        hasPropensities: reading.mapping.propensity !== undefined,
        groundTruth: this.#rebuilt === null ? 'none' : 'rebuilt',
        userFeatures: users.features.map(describeFeature),
        itemFeatures: items.features.map(describeFeature),
        categoryFeature: this.#categoryFeature(items.features),
        source: await this.#describeSource(inspected, reading),
        licence,
        citation,
        warnings: this.#warnings,
      },
      this.#options.signal,
    );
  }

  async #counts(): Promise<Pick<DatasetManifest, 'interactions' | 'testInteractions' | 'reward'>> {
    const [row] = await this.#database.rows(
      `SELECT count(*) AS interactions, (SELECT count(*) FROM held_out) AS held_out,
         min(reward) AS min, max(reward) AS max, avg(reward) AS mean
       FROM log ANTI JOIN held_out USING (row)`,
    );
    const interactions = Number(row?.['interactions']);
    if (interactions === 0) {
      throw new OffrecError(
        'invalid-input',
        'Holding out the test rows leaves none for training.',
        {
          hint: 'Hold out fewer rows.',
        },
      );
    }
    const reward = {
      min: Number(row?.['min']),
      max: Number(row?.['max']),
      mean: Number(row?.['mean']),
    };
    return { interactions, testInteractions: Number(row?.['held_out']), reward };
  }

  #categoryFeature(features: readonly FeatureColumn[]): string | null {
    const wanted = this.#options.categoryFeature;
    if (wanted !== undefined && !features.some((feature) => feature.name === wanted)) {
      const names = features.map((feature) => feature.name).join(', ');
      throw new OffrecError('invalid-input', `There is no item feature '${wanted}'.`, {
        hint: names === '' ? 'Give a file of item features.' : `The item features are ${names}.`,
      });
    }
    const several = features.find((feature) => !isSingleValued(feature));
    return wanted ?? several?.name ?? features[0]?.name ?? null;
  }

  async #describeSource(
    inspected: InspectedFile,
    { mapping, forms }: Reading,
  ): Promise<Record<string, unknown>> {
    const { file, format, dialect } = inspected;
    const { test = { kind: 'none' }, duplicates = 'keep', onBadRow = 'fail' } = this.#options;
    const hashed = await hashFile(file, this.#options.signal);
    const options = { test, duplicates, onBadRow, ...forms, groundTruth: this.#rebuilt };
    return { importer: 'log', file: basename(file), ...hashed, format, dialect, mapping, options };
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }
}
