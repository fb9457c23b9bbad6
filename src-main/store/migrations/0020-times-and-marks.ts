import type { Migration } from './migration.ts';

const digits = "'0123456789ABCDEF'";

/** Value of one byte of a blob, `at` 1-based. */
function byte(blob: string, at: string): string {
  const hex = `hex(substr(${blob}, ${at}, 1))`;
  const digit = (place: number): string =>
    `(instr(${digits}, substr(${hex}, ${String(place)}, 1)) - 1)`;
  return `(${digit(1)} * 16 + ${digit(2)})`;
}

/** A little-endian u32 of a blob, `at` 1-based. */
function u32(blob: string, at: string): string {
  const scaled = [1, 256, 65_536, 16_777_216].map(
    (scale, offset) => `${byte(blob, `${at} + ${String(offset)}`)} * ${String(scale)}`,
  );
  return `(${scaled.join(' + ')})`;
}

// A chunk's blob: 16 bytes of header, then `count` indices and `count` times of four bytes each.
const firstTime = u32('points', '17 + 4 * count');
const lastTime = u32('points', '13 + 8 * count');

/**
 * When points were logged stands in the headers of chunks, and what their pieces hold, so that a chart decodes
 * points only where it is zoomed in; how long each segment trained stands beside the runs. Runs can be favourites and be archived.
 */
export const timesAndMarks: Migration = {
  version: 20,
  name: 'times and marks',
  sql: `
    CREATE TABLE timed_chunks (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      segment INTEGER NOT NULL, discarded INTEGER NOT NULL DEFAULT 0,
      first_index INTEGER NOT NULL, last_index INTEGER NOT NULL,
      count INTEGER NOT NULL, finite INTEGER NOT NULL,
      min_step REAL NOT NULL, max_step REAL NOT NULL,
      minimum REAL, maximum REAL, total REAL NOT NULL, last REAL,
      first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
      -- What the header says, for each 32 points; NULL in chunks of older stores.
      pieces BLOB,
      points BLOB NOT NULL
    ) STRICT;
    INSERT INTO timed_chunks
      SELECT id, series, segment, discarded, first_index, last_index, count, finite, min_step, max_step,
        minimum, maximum, total, last, ${firstTime}, ${lastTime}, NULL, points
      FROM chunks;
    DROP TABLE chunks;
    ALTER TABLE timed_chunks RENAME TO chunks;
    CREATE INDEX chunks_series ON chunks (series, discarded, first_index);

    -- The last time, since its begin, at which a segment logged a point: also one that was discarded later.
    CREATE TABLE segment_times (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, segment INTEGER NOT NULL,
      last_ms INTEGER NOT NULL, PRIMARY KEY (run, segment)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO segment_times
      SELECT run, segment, max(last_ms) FROM (
        SELECT run, segment, last_ms FROM chunks JOIN series ON series.id = chunks.series
        UNION ALL
        SELECT run, segment, ${u32('open_chunks.points', '13 + 8 * open_chunks.count')} AS last_ms
        FROM open_chunks JOIN series ON series.id = open_chunks.series
      ) GROUP BY run, segment;

    ALTER TABLE runs ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
  `,
};
