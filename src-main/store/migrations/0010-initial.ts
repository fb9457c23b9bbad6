import type { Migration } from './migration.ts';

/** Experiments, runs and all that belongs to them; leases and commands between processes. */
export const initial: Migration = {
  version: 10,
  name: 'initial',
  sql: `
    -- One number for the whole store: every change takes the next, so that a reader asks for what is newer.
    CREATE TABLE revision (only INTEGER PRIMARY KEY CHECK (only = 1), value INTEGER NOT NULL) STRICT;
    INSERT INTO revision VALUES (1, 1);
    CREATE TABLE topics (name TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE experiments (
      name TEXT PRIMARY KEY, description TEXT, file TEXT NOT NULL,
      created_at TEXT NOT NULL, updated_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE runs (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
      experiment TEXT NOT NULL REFERENCES experiments (name), label TEXT NOT NULL,
      dataset TEXT NOT NULL, method TEXT NOT NULL, seed INTEGER NOT NULL,
      spec TEXT NOT NULL, spec_hash TEXT NOT NULL, cell_hash TEXT NOT NULL, protocol_hash TEXT NOT NULL,
      status TEXT NOT NULL, priority INTEGER NOT NULL, position REAL NOT NULL,
      superseded INTEGER NOT NULL DEFAULT 0,
      created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT,
      parent_run TEXT, parent_checkpoint TEXT,
      directions TEXT NOT NULL, progress TEXT, device TEXT, weights_hash TEXT, error TEXT,
      metric_count INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '',
      revision INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX runs_experiment ON runs (experiment, number);
    CREATE INDEX runs_status ON runs (status, priority, position);
    CREATE INDEX runs_position ON runs (position);
    CREATE INDEX runs_revision ON runs (revision);

    CREATE TABLE tags (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, tag TEXT NOT NULL, PRIMARY KEY (run, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tags_tag ON tags (tag);

    CREATE TABLE segments (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, number INTEGER NOT NULL,
      started_at TEXT NOT NULL, ended_at TEXT, outcome TEXT, reason TEXT,
      from_checkpoint TEXT, first_index INTEGER NOT NULL, discarded INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoints (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, name TEXT NOT NULL,
      number INTEGER NOT NULL, segment INTEGER NOT NULL, phase INTEGER NOT NULL, step REAL NOT NULL,
      bytes INTEGER NOT NULL, metric_count INTEGER NOT NULL, hash TEXT NOT NULL, final INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE logs (
      id INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      segment INTEGER NOT NULL, time TEXT NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL,
      revision INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX logs_run ON logs (run, id);
    CREATE INDEX logs_revision ON logs (revision);

    -- The summary of a series stands beside it, so that a table of runs never reads points.
    CREATE TABLE series (
      id INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, metric TEXT NOT NULL,
      direction TEXT NOT NULL,
      count INTEGER NOT NULL DEFAULT 0, finite INTEGER NOT NULL DEFAULT 0, open_count INTEGER NOT NULL DEFAULT 0,
      last REAL, minimum REAL, maximum REAL, mean REAL NOT NULL DEFAULT 0, squares REAL NOT NULL DEFAULT 0,
      best REAL, best_step REAL, quarter REAL, quarter_count INTEGER NOT NULL DEFAULT 0,
      revision INTEGER NOT NULL,
      UNIQUE (run, metric)
    ) STRICT;
    CREATE INDEX series_revision ON series (revision);

    -- Sealed chunks. The blob stands last: reading the columns before it does not touch its pages.
    CREATE TABLE chunks (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      segment INTEGER NOT NULL, discarded INTEGER NOT NULL DEFAULT 0,
      first_index INTEGER NOT NULL, last_index INTEGER NOT NULL,
      count INTEGER NOT NULL, finite INTEGER NOT NULL,
      min_step REAL NOT NULL, max_step REAL NOT NULL,
      minimum REAL, maximum REAL, total REAL NOT NULL, last REAL,
      points BLOB NOT NULL
    ) STRICT;
    CREATE INDEX chunks_series ON chunks (series, discarded, first_index);

    -- The open end of a series: one row a batch, joined into a sealed chunk when 512 points have gathered.
    CREATE TABLE open_chunks (
      series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, first_index INTEGER NOT NULL,
      segment INTEGER NOT NULL, count INTEGER NOT NULL, points BLOB NOT NULL,
      PRIMARY KEY (series, first_index)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE leases (
      name TEXT PRIMARY KEY, holder TEXT NOT NULL, machine TEXT NOT NULL, pid INTEGER NOT NULL,
      process_start TEXT NOT NULL, beat_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE commands (
      id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, run TEXT NOT NULL,
      created_ms INTEGER NOT NULL, answered_ms INTEGER, error TEXT
    ) STRICT;

    CREATE TABLE reference_scores (
      dataset_checksum TEXT NOT NULL, protocol_hash TEXT NOT NULL, episodes INTEGER NOT NULL,
      seed INTEGER NOT NULL, scores TEXT NOT NULL, created_at TEXT NOT NULL,
      PRIMARY KEY (dataset_checksum, protocol_hash, episodes, seed)
    ) STRICT, WITHOUT ROWID;
  `,
};
