import type { Terminal } from '../terminal.ts';
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

/** Bars where lines can be redrawn, otherwise a line now and then. */
export async function openDisplay(terminal: Terminal): Promise<ProgressDisplay> {
  if (!terminal.redraws) return plainDisplay(terminal);
  const { barDisplay } = await import('./bars.ts');
  return barDisplay(terminal.errorStream);
}

const plainEveryMs = 10_000;

/** A line when a stage begins and at most every ten seconds; nothing but ends and notes under `--json`. */
export function plainDisplay(
  terminal: Terminal,
  now: () => number = performance.now,
): ProgressDisplay {
  const shown = new Map<string, { stage: string; atMs: number }>();
  return {
    update: (id, progress) => {
      const last = shown.get(id);
      const soon = last !== undefined && now() - last.atMs < plainEveryMs;
      if (terminal.json || (soon && last.stage === progress.stage)) return;
      shown.set(id, { stage: progress.stage, atMs: now() });
      terminal.say(describe(progress));
    },
    end: (id, line) => {
      shown.delete(id);
      if (!terminal.json) terminal.say(line);
    },
    note: (line) => terminal.say(line),
    close: () => {},
  };
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
    ...(ratePerS === null ? [] : [`${formatRate(ratePerS)} ${unit}/s`]),
    ...(remainingS === null ? [] : [`${formatDuration(remainingS)} left`]),
  ];
}
