import type { WireError } from '#contract/errors.ts';
import type { DeviceInfo, PhaseProgress, RunRecord, RunSpec, RunStatus } from '#contract/run.ts';
import type { RevisionWrites } from './revisions.ts';
import type { Sql, Statement } from './sql.ts';

export type Direction = 'max' | 'min' | 'none';

export interface NewRun {
  readonly id: string;
  readonly experiment: string;
  readonly label: string;
  readonly spec: RunSpec;
  readonly specHash: string;
  readonly cellHash: string;
  readonly protocolHash: string;
  readonly priority: number;
  readonly parent: RunRecord['parent'];
  /** Which way each metric is better, for the best value in the summaries. */
  readonly directions: Readonly<Record<string, Direction>>;
}

/** Fields that a change of status carries along; absent ones stay as they are. */
export interface StatusFields {
  readonly error?: WireError | null;
  readonly started?: boolean;
  readonly ended?: boolean;
}

export interface RunMarks {
  readonly favourite?: boolean;
  readonly archived?: boolean;
}

/** Runs for writing. Every change takes a new revision. */
export class RunWrites {
  readonly #sql: Sql;
  readonly #revisions: RevisionWrites;
  readonly #insert: Statement;
  readonly #lastPosition: Statement<{ position: number | null }>;
  readonly #setStatus: Statement;
  readonly #setPosition: Statement;
  readonly #patch: Statement;
  readonly #supersede: Statement;
  readonly #addTag: Statement;
  readonly #removeTag: Statement;
  readonly #remove: Statement;

  constructor(sql: Sql, revisions: RevisionWrites) {
    this.#sql = sql;
    this.#revisions = revisions;
    this.#insert = sql.statement(
      'runs.insert',
      `INSERT INTO runs (id, experiment, label, dataset, method, seed, spec, spec_hash, cell_hash,
         protocol_hash, status, priority, position, created_at, parent_run, parent_checkpoint, directions,
         revision)
       VALUES (:id, :experiment, :label, :dataset, :method, :seed, :spec, :specHash, :cellHash,
         :protocolHash, 'queued', :priority, :position, :createdAt, :parentRun, :parentCheckpoint,
         :directions, :revision)`,
    );
    this.#lastPosition = sql.statement(
      'runs.lastPosition',
      'SELECT max(position) AS position FROM runs',
    );
    this.#setStatus = sql.statement(
      'runs.setStatus',
      `UPDATE runs SET status = :to, revision = :revision,
         error = CASE WHEN :setError = 1 THEN :error ELSE error END,
         started_at = CASE WHEN :started = 1 THEN coalesce(started_at, :now) ELSE started_at END,
         ended_at = CASE WHEN :ended = 1 THEN :now WHEN :ended = 0 THEN NULL ELSE ended_at END
       WHERE id = :id AND status IN (SELECT value FROM json_each(:from))`,
    );
    this.#setPosition = sql.statement(
      'runs.setPosition',
      'UPDATE runs SET position = :position, revision = :revision WHERE id = :id',
    );
    this.#patch = sql.statement(
      'runs.patch',
      `UPDATE runs SET revision = :revision,
         progress = coalesce(:progress, progress), device = coalesce(:device, device),
         weights_hash = coalesce(:weightsHash, weights_hash),
         priority = coalesce(:priority, priority), note = coalesce(:note, note),
         label = coalesce(:label, label),
         favourite = coalesce(:favourite, favourite), archived = coalesce(:archived, archived)
       WHERE id = :id`,
    );
    this.#supersede = sql.statement(
      'runs.supersede',
      'UPDATE runs SET superseded = :superseded, revision = :revision WHERE id = :id AND superseded <> :superseded',
    );
    this.#addTag = sql.statement('runs.addTag', 'INSERT OR IGNORE INTO tags VALUES (?, ?)');
    this.#removeTag = sql.statement('runs.removeTag', 'DELETE FROM tags WHERE run = ? AND tag = ?');
    this.#remove = sql.statement('runs.remove', 'DELETE FROM runs WHERE id = ?');
  }

  insert(run: NewRun): void {
    this.#sql.writeDurably('runs.insert', () => {
      this.#insert.run({
        id: run.id,
        experiment: run.experiment,
        label: run.label,
        dataset: run.spec.dataset,
        method: run.spec.method,
        seed: run.spec.seed,
        spec: JSON.stringify(run.spec),
        specHash: run.specHash,
        cellHash: run.cellHash,
        protocolHash: run.protocolHash,
        priority: run.priority,
        position: this.#endPosition(),
        createdAt: new Date().toISOString(),
        parentRun: run.parent?.run ?? null,
        parentCheckpoint: run.parent?.checkpoint ?? null,
        directions: JSON.stringify(run.directions),
        revision: this.#revisions.next(),
      });
    });
  }

  /** Changes the status only from one of `from`; false when the run has another status by now. */
  setStatus(
    id: string,
    from: readonly RunStatus[],
    to: RunStatus,
    fields: StatusFields = {},
  ): boolean {
    return this.#sql.writeDurably('runs.setStatus', () => {
      const changed = this.#setStatus.run({
        id,
        from: JSON.stringify(from),
        to,
        revision: this.#revisions.next(),
        setError: fields.error === undefined ? 0 : 1,
        error: JSON.stringify(fields.error ?? null),
        started: fields.started === true ? 1 : 0,
        ended: fields.ended === undefined ? -1 : Number(fields.ended),
        now: new Date().toISOString(),
      });
      return changed === 1;
    });
  }

  /** Puts the run behind all others of its priority. */
  moveToEnd(id: string): void {
    this.#move(id, () => this.#endPosition());
  }

  moveTo(id: string, position: number): void {
    this.#move(id, () => position);
  }

  setProgress(id: string, progress: PhaseProgress): void {
    this.#patchRun(id, { progress: JSON.stringify(progress) });
  }

  setDevice(id: string, device: DeviceInfo): void {
    this.#patchRun(id, { device: JSON.stringify(device) });
  }

  setWeightsHash(id: string, weightsHash: string): void {
    this.#patchRun(id, { weightsHash });
  }

  setPriority(id: string, priority: number): void {
    this.#patchRun(id, { priority });
  }

  setLabel(id: string, label: string): void {
    this.#patchRun(id, { label });
  }

  setNote(id: string, note: string): void {
    this.#patchRun(id, { note });
  }

  /** Marks for the reader's own order; absent ones stay as they are. */
  mark(id: string, marks: RunMarks): void {
    const numbers = Object.entries(marks).map(([name, value]) => [name, Number(value)] as const);
    this.#patchRun(id, Object.fromEntries(numbers));
  }

  setSuperseded(id: string, superseded: boolean): void {
    this.#sql.write('runs.supersede', () => {
      this.#supersede.run({
        id,
        superseded: Number(superseded),
        revision: this.#revisions.next(),
      });
    });
  }

  changeTags(id: string, add: readonly string[], remove: readonly string[]): void {
    this.#sql.write('runs.changeTags', () => {
      for (const tag of remove) this.#removeTag.run([id, tag]);
      for (const tag of add) this.#addTag.run([id, tag]);
      this.#patchRun(id, {});
    });
  }

  /** Removes the run and everything that belongs to it. */
  remove(id: string): void {
    this.#sql.writeDurably('runs.remove', () => {
      this.#remove.run([id]);
      this.#revisions.touch('experiments');
    });
  }

  #endPosition(): number {
    return (this.#lastPosition.get()?.position ?? 0) + 1;
  }

  #move(id: string, position: () => number): void {
    this.#sql.write('runs.move', () => {
      this.#setPosition.run({ id, position: position(), revision: this.#revisions.next() });
    });
  }

  #patchRun(id: string, change: Readonly<Record<string, string | number>>): void {
    const nothing = {
      progress: null,
      device: null,
      weightsHash: null,
      priority: null,
      note: null,
      label: null,
      favourite: null,
      archived: null,
    };
    this.#sql.write('runs.patch', () => {
      this.#patch.run({ ...nothing, ...change, id, revision: this.#revisions.next() });
    });
  }
}
