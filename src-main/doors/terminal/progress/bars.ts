import { MultiBar, type SingleBar } from 'cli-progress';
import { formatCount } from '../text.ts';
import { pace, type Progress, type ProgressDisplay } from './progress.ts';

/** One bar a thing, redrawn in place; what is noted scrolls above. */
export function barDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  const bars = new Map<string, SingleBar>();
  const multi = new MultiBar({
    stream,
    format: '{title}  {stage} {bar} {amount}  {pace}',
    barsize: Math.min(24, Math.max(8, stream.columns - 90)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // Signals are this program's own business: the first one pauses.
    gracefulExit: false,
    fps: 8,
    linewrap: false,
    emptyOnZero: true,
  });
  return {
    update: (id, progress) => {
      const total = progress.total ?? 0;
      const payload = payloadOf(progress);
      const bar = bars.get(id) ?? multi.create(total, 0, payload);
      bars.set(id, bar);
      if (bar.getTotal() !== total) bar.setTotal(total);
      bar.update(progress.done, payload);
    },
    end: (id, line) => {
      const bar = bars.get(id);
      if (bar !== undefined) multi.remove(bar);
      bars.delete(id);
      log(multi, stream, line);
    },
    note: (line) => log(multi, stream, line),
    close: () => {
      multi.stop();
    },
  };
}

function payloadOf(progress: Progress) {
  const { done, total, unit } = progress;
  const share = total === null ? '' : `/${formatCount(total)}`;
  // With a rate behind it, the amount needs no unit of its own.
  const amount = `${formatCount(done)}${share}${progress.ratePerS === null ? ` ${unit}` : ''}`;
  return { title: progress.title, stage: progress.stage, amount, pace: pace(progress).join('  ') };
}

/** A line above the bars; straight to the stream while there are none. */
function log(multi: MultiBar, stream: NodeJS.WriteStream, line: string): void {
  if (multi.isActive) {
    multi.log(`${line}\n`);
    multi.update();
  } else stream.write(`${line}\n`);
}
