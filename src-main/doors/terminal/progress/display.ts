import type { Terminal } from '../terminal.ts';
import { describe, type ProgressDisplay } from './progress.ts';

/** Bars where lines can be redrawn, otherwise a line now and then. */
export async function openDisplay(terminal: Terminal): Promise<ProgressDisplay> {
  if (!terminal.redraws) return plainDisplay(terminal);
  const { barDisplay } = await import('./bars.ts');
  return barDisplay(terminal.errorStream);
}

const plainEveryMs = 10_000;

/** A line when a stage begins and at most every ten seconds; nothing but ends and notes under `--json`. */
function plainDisplay(terminal: Terminal, now: () => number = performance.now): ProgressDisplay {
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
