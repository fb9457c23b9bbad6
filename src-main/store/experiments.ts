import type { ExperimentFile } from '#contract/experiment.ts';
import { parseColumn } from './json.ts';
import type { RevisionWrites } from './revisions.ts';
import type { Sql, Statement } from './sql.ts';

export interface StoredExperiment {
  readonly name: string;
  readonly description: string | null;
  readonly file: ExperimentFile;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface ExperimentRow {
  name: string;
  description: string | null;
  file: string;
  created_at: string;
  updated_at: string;
}

function fromRow(row: ExperimentRow): StoredExperiment {
  return {
    name: row.name,
    description: row.description,
    file: parseColumn<ExperimentFile>(row.file, `experiment ${row.name}`),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export class ExperimentReads {
  readonly #one: Statement<ExperimentRow>;
  readonly #all: Statement<ExperimentRow>;

  constructor(sql: Sql) {
    this.#one = sql.statement('experiments.one', 'SELECT * FROM experiments WHERE name = ?');
    this.#all = sql.statement(
      'experiments.all',
      'SELECT * FROM experiments ORDER BY created_at, name',
    );
  }

  get(name: string): StoredExperiment | null {
    const row = this.#one.get([name]);
    return row === undefined ? null : fromRow(row);
  }

  list(): StoredExperiment[] {
    return this.#all.all().map(fromRow);
  }
}

export class ExperimentWrites {
  readonly #sql: Sql;
  readonly #revisions: RevisionWrites;
  readonly #put: Statement;
  readonly #remove: Statement;

  constructor(sql: Sql, revisions: RevisionWrites) {
    this.#sql = sql;
    this.#revisions = revisions;
    this.#put = sql.statement(
      'experiments.put',
      `INSERT INTO experiments VALUES (:name, :description, :file, :now, :now)
       ON CONFLICT (name) DO UPDATE SET description = :description, file = :file, updated_at = :now`,
    );
    this.#remove = sql.statement('experiments.remove', 'DELETE FROM experiments WHERE name = ?');
  }

  put(file: ExperimentFile): void {
    this.#sql.write('experiments.put', () => {
      this.#put.run({
        name: file.name,
        description: file.description ?? null,
        file: JSON.stringify(file),
        now: new Date().toISOString(),
      });
      this.#revisions.touch('experiments');
    });
  }

  /** Removes the experiment's row; its runs must be gone. */
  remove(name: string): void {
    this.#sql.writeDurably('experiments.remove', () => {
      this.#remove.run([name]);
      this.#revisions.touch('experiments');
    });
  }
}
