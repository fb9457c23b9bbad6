import type { Terminal } from '../terminal.ts';
import { describe, type ProgressDisplay } from './progress.ts';

/** Bars where lines can be redrawn, otherwise a line now and then. */
export async function openDisplay(terminal: Terminal): Promise<ProgressDisplay> {
  if (!terminal.redraws) return plainDisplay(terminal);
  const { barDisplay } = await import('./bars.ts');
  return barDisplay(terminal.errorStream);
}

const plainEveryMs = 10_000;
const newStageEveryMs = 1000;

/** A line when a stage begins and every ten seconds; nothing but notes under `--json`. */
function plainDisplay(terminal: Terminal): ProgressDisplay {
  const shown = new Map<string, { stage: string; atMs: number }>();
  const isDue = (id: string, stage: string, nowMs: number): boolean => {
    const last = shown.get(id);
    if (last === undefined) return true;
    // Stages that fly by are not worth a line each.
    return nowMs - last.atMs >= (last.stage === stage ? plainEveryMs : newStageEveryMs);
  };
  return {
    update: (id, progress) => {
      const nowMs = performance.now();
      if (terminal.json || !isDue(id, progress.stage, nowMs)) return;
      shown.set(id, { stage: progress.stage, atMs: nowMs });
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
