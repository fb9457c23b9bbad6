import { CheckpointReads, CheckpointWrites } from './checkpoints.ts';
import { CommandReads, CommandWrites } from './commands.ts';
import { ExperimentReads, ExperimentWrites } from './experiments.ts';
import { KeepsakeReads, KeepsakeWrites } from './keepsakes.ts';
import { LeaseReads, LeaseWrites } from './leases.ts';
import { LogReads, LogWrites } from './logs.ts';
import { RevisionReads, RevisionWrites } from './revisions.ts';
import { RunReads } from './runs-read.ts';
import { RunWrites } from './runs-write.ts';
import { SegmentReads, SegmentWrites } from './segments.ts';
import { SeriesReads } from './series-read.ts';
import { SeriesWrites } from './series-write.ts';
import type { Sql } from './sql.ts';

/** What any process may ask. */
export interface StoreReads {
  readonly revisions: RevisionReads;
  readonly experiments: ExperimentReads;
  readonly runs: RunReads;
  readonly segments: SegmentReads;
  readonly series: SeriesReads;
  readonly checkpoints: CheckpointReads;
  readonly logs: LogReads;
  readonly commands: CommandReads;
  readonly leases: LeaseReads;
  readonly keepsakes: KeepsakeReads;
}

/** What changes the store. Metrics, segments and checkpoints of a run belong to the queue's owner. */
export interface StoreWrites {
  readonly revisions: RevisionWrites;
  readonly experiments: ExperimentWrites;
  readonly runs: RunWrites;
  readonly segments: SegmentWrites;
  readonly series: SeriesWrites;
  readonly checkpoints: CheckpointWrites;
  readonly logs: LogWrites;
  readonly commands: CommandWrites;
  readonly leases: LeaseWrites;
  readonly keepsakes: KeepsakeWrites;
}

export function readsOf(sql: Sql): StoreReads {
  return {
    revisions: new RevisionReads(sql),
    experiments: new ExperimentReads(sql),
    runs: new RunReads(sql),
    segments: new SegmentReads(sql),
    series: new SeriesReads(sql),
    checkpoints: new CheckpointReads(sql),
    logs: new LogReads(sql),
    commands: new CommandReads(sql),
    leases: new LeaseReads(sql),
    keepsakes: new KeepsakeReads(sql),
  };
}

export function writesOf(sql: Sql, reads: StoreReads): StoreWrites {
  const revisions = new RevisionWrites(sql);
  const series = new SeriesWrites(sql, revisions);
  return {
    revisions,
    series,
    experiments: new ExperimentWrites(sql, revisions),
    runs: new RunWrites(sql, revisions),
    segments: new SegmentWrites(sql, reads.segments, series),
    checkpoints: new CheckpointWrites(sql, revisions),
    logs: new LogWrites(sql, revisions),
    commands: new CommandWrites(sql),
    leases: new LeaseWrites(sql, reads.leases),
    keepsakes: new KeepsakeWrites(sql, revisions),
  };
}
