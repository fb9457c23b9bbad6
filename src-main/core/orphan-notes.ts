import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import {
  metricBatchSchema,
  orphanNoteFile,
  orphanNoteSchema,
  type MetricBatch,
  type OrphanNote,
} from '#contract/host.ts';
import { runFolder, type CoreContext } from './context.ts';

/** A column from base64; the copy gives it a start that its type accepts. */
function bytesOf(text: string, width: number): ArrayBuffer {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return bytes.buffer.slice(0, bytes.length - (bytes.length % width));
}

function batchOf(noted: OrphanNote['batches'][number]): MetricBatch {
  return metricBatchSchema.parse({
    sequence: 0,
    firstIndex: noted.firstIndex,
    names: noted.names,
    series: new Uint16Array(bytesOf(noted.series, 2)),
    steps: new Float64Array(bytesOf(noted.steps, 8)),
    values: new Float64Array(bytesOf(noted.values, 8)),
    timesMs: new Float64Array(bytesOf(noted.timesMs, 8)),
  });
}

/** What a host left after the core had gone, ready for the store. */
export interface TakenNote extends Omit<OrphanNote, 'batches'> {
  readonly batches: readonly MetricBatch[];
}

/** The note in a run's folder; null when there is none or it makes no sense. */
export function readOrphanNote(context: CoreContext, run: string): TakenNote | null {
  const file = join(runFolder(context.home, run), orphanNoteFile);
  if (!existsSync(file)) return null;
  try {
    const note = orphanNoteSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { ...note, batches: note.batches.map(batchOf) };
  } catch (error) {
    warn(context, run, error);
    return null;
  }
}

function warn(context: CoreContext, run: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `Run ${run}: what its process left behind is not used (${reason.slice(0, 200)}).`;
  context.notice({ level: 'warning', message });
}

/** Takes the note's points and checkpoints into the open segment. False when they do not fit the store. */
export function takeUpNote(
  context: CoreContext,
  run: string,
  segment: number,
  note: TakenNote,
): boolean {
  const { write } = context.store;
  try {
    context.store.atomically('takeUpNote', () => {
      for (const batch of note.batches) write.series.append(run, segment, batch);
      for (const checkpoint of note.checkpoints) write.checkpoints.put(run, segment, checkpoint);
    });
    return true;
  } catch (error) {
    // Points before the note's are missing: the newest checkpoint in the store is where the run goes on.
    if (!(error instanceof OffrecError) || error.code !== 'internal') throw error;
    warn(context, run, error);
    return false;
  }
}

export function removeOrphanNote(context: CoreContext, run: string): void {
  rmSync(join(runFolder(context.home, run), orphanNoteFile), { force: true });
}
