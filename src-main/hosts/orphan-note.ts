import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orphanNoteFile, type MetricBatch, type OrphanNote } from '#contract/host.ts';

type NotedBatch = OrphanNote['batches'][number];

function base64(column: Uint16Array | Float64Array): string {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64');
}

function noted(batch: MetricBatch): NotedBatch {
  return {
    firstIndex: batch.firstIndex,
    names: batch.names,
    series: base64(batch.series),
    steps: base64(batch.steps),
    values: base64(batch.values),
    timesMs: base64(batch.timesMs),
  };
}

/** Leaves the note in the run's folder: complete under its name, or not at all. */
export function writeOrphanNote(
  runFolder: string,
  note: Omit<OrphanNote, 'format' | 'batches'>,
  batches: readonly MetricBatch[],
): void {
  const file = join(runFolder, orphanNoteFile);
  const partial = `${file}.partial`;
  const content: OrphanNote = { format: 1, ...note, batches: batches.map(noted) };
  const handle = openSync(partial, 'w');
  try {
    writeFileSync(handle, JSON.stringify(content));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(partial, file);
}
