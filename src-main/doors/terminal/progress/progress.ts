import { count, formatCount, formatDuration, formatRate } from '../text.ts';

/** How far one thing is: a run's phase, an import's stage. */
export interface Progress {
  /** What it is: a run's label and seed, a file. */
  readonly title: string;
  readonly stage: string;
  readonly done: number;
  /** Null when it cannot be known. */
  readonly total: number | null;
  readonly unit: string;
  /** Units a second; null when not known yet. */
  readonly ratePerS: number | null;
  readonly remainingS: number | null;
}

/** Shows progress of several things at once. Everything goes to stderr. */
export interface ProgressDisplay {
  update(id: string, progress: Progress): void;
  /** The thing has ended; its bar goes and one line stays. */
  end(id: string, line: string): void;
  note(line: string): void;
  close(): void;
}

/** `DORL, seed 0: policy 12/200 epochs, 98 200 epochs/s, 4 s left`. */
export function describe(progress: Progress): string {
  const { title, stage, done, total, unit } = progress;
  const amount =
    total === null ? count(done, unit, unit) : `${formatCount(done)}/${formatCount(total)} ${unit}`;
  return [`${title}: ${stage} ${amount}`, ...pace(progress)].join(', ');
}

/** Rate and time left, as far as they are known. */
export function pace({ ratePerS, remainingS, unit }: Progress): string[] {
  return [
    ...(ratePerS === null || ratePerS === 0 ? [] : [`${formatRate(ratePerS)} ${unit}/s`]),
    ...(remainingS === null ? [] : [`${formatDuration(remainingS)} left`]),
  ];
}
