import { parseColumn } from './json.ts';
import type { RevisionWrites, Topic } from './revisions.ts';
import type { Sql, Statement } from './sql.ts';

/** What identifies a scoring of the reference policies. */
export interface ReferenceKey {
  readonly datasetChecksum: string;
  readonly protocolHash: string;
  readonly episodes: number;
  readonly seed: number;
}

/** Settings and scored reference policies: small values kept as JSON. */
export class KeepsakeReads {
  readonly #setting: Statement<{ value: string }>;
  readonly #scores: Statement<{ scores: string }>;
  readonly #newestScores: Statement<{ scores: string }>;
  readonly #ofDataset: Statement<ScoresRow>;

  constructor(sql: Sql) {
    this.#setting = sql.statement('settings.one', 'SELECT value FROM settings WHERE name = ?');
    this.#scores = sql.statement(
      'references.one',
      `SELECT scores FROM reference_scores WHERE dataset_checksum = :datasetChecksum
         AND protocol_hash = :protocolHash AND episodes = :episodes AND seed = :seed`,
    );
    this.#newestScores = sql.statement(
      'references.best',
      `SELECT scores FROM reference_scores WHERE dataset_checksum = ? AND protocol_hash = ?
       ORDER BY episodes DESC, seed LIMIT 1`,
    );
    this.#ofDataset = sql.statement(
      'references.ofDataset',
      'SELECT * FROM reference_scores WHERE dataset_checksum = ? ORDER BY created_at DESC',
    );
  }

  setting<T>(name: string): T | null {
    const row = this.#setting.get([name]);
    return row === undefined ? null : parseColumn<T>(row.value, `setting ${name}`);
  }

  scores<T>(key: ReferenceKey): T | null {
    const row = this.#scores.get({ ...key });
    return row === undefined ? null : parseColumn<T>(row.scores, 'reference scores');
  }

  /** The scores over the most episodes, whatever their seed. */
  bestScores<T>(datasetChecksum: string, protocolHash: string): T | null {
    const row = this.#newestScores.get([datasetChecksum, protocolHash]);
    return row === undefined ? null : parseColumn<T>(row.scores, 'reference scores');
  }

  /** Every scoring of a dataset's content, newest first. */
  scoresOf<T>(datasetChecksum: string): (Omit<ReferenceKey, 'datasetChecksum'> & { scores: T })[] {
    return this.#ofDataset.all([datasetChecksum]).map((row) => ({
      protocolHash: row.protocol_hash,
      episodes: row.episodes,
      seed: row.seed,
      scores: parseColumn<T>(row.scores, 'reference scores'),
    }));
  }
}

interface ScoresRow {
  protocol_hash: string;
  episodes: number;
  seed: number;
  scores: string;
}

export class KeepsakeWrites {
  readonly #sql: Sql;
  readonly #revisions: RevisionWrites;
  readonly #putSetting: Statement;
  readonly #putScores: Statement;

  constructor(sql: Sql, revisions: RevisionWrites) {
    this.#sql = sql;
    this.#revisions = revisions;
    this.#putSetting = sql.statement(
      'settings.put',
      'INSERT OR REPLACE INTO settings VALUES (?, ?)',
    );
    this.#putScores = sql.statement(
      'references.put',
      `INSERT OR REPLACE INTO reference_scores
       VALUES (:datasetChecksum, :protocolHash, :episodes, :seed, :scores, :now)`,
    );
  }

  putSetting(name: string, value: unknown, topic: Topic): void {
    this.#sql.write('settings.put', () => {
      this.#putSetting.run([name, JSON.stringify(value)]);
      this.#revisions.touch(topic);
    });
  }

  putScores(key: ReferenceKey, scores: unknown): void {
    this.#sql.write('references.put', () => {
      this.#putScores.run({
        ...key,
        scores: JSON.stringify(scores),
        now: new Date().toISOString(),
      });
      this.#revisions.touch('references');
    });
  }
}
