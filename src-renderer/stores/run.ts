import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { Change } from '#contract/routes/changes.ts';
import type { LogLine, RunDetail } from '#contract/routes/runs.ts';
import { core, onChange, onReset } from '../api/session.ts';
import { loaded, type Loaded } from './loading.ts';

const gatherMs = 500;
/** A run with this many metrics is read less often: its summaries are large. */
const manyMetrics = 100;
const gatherManyMs = 2000;
const mostLogLines = 2000;

export interface WatchedRun extends Loaded<RunDetail> {
  /** Oldest first; the newest lines only. */
  readonly log: ShallowRef<readonly LogLine[]>;
}

/** One run and its log, kept up to date while the caller's scope lives. */
export function useRun(id: Ref<string>): WatchedRun {
  const detail = loaded(() => core.runs.show({ id: id.value }));
  const log = shallowRef<readonly LogLine[]>([]);
  let timer: ReturnType<typeof setTimeout> | null = null;

  async function readLog(): Promise<void> {
    const run = id.value;
    const after = log.value.at(-1)?.id ?? 0;
    const news = await core.runs.log({ id: run, after, limit: mostLogLines, tail: after === 0 });
    if (run !== id.value || (log.value.at(-1)?.id ?? 0) !== after) return;
    log.value = [...log.value, ...news].slice(-mostLogLines);
  }

  /** Whether a metric was logged that the page does not know yet. */
  const isNew = ({ series }: Change): boolean => {
    const known = detail.value.value;
    if (known === null) return false;
    const own = series.filter(({ run }) => run === id.value);
    if (own.length === 0) return false;
    const names = new Map(known.metrics.map(({ metric, count }) => [metric, count]));
    // A second point makes a curve of what was a single value.
    return own.some(({ metric, count }) => (names.get(metric) ?? 0) < Math.min(2, count));
  };

  // A log that cannot be read has the same cause as the run that cannot, and that one is shown.
  const load = (): void => void Promise.allSettled([detail.load(), readLog()]);

  watch(
    id,
    () => {
      log.value = [];
      detail.value.value = null;
      load();
    },
    { immediate: true },
  );
  const stops = [
    onReset(load),
    onChange((change) => {
      if (timer !== null) return;
      if (!change.runs.includes(id.value) && !change.logs.includes(id.value) && !isNew(change)) {
        return;
      }
      const isLarge = (detail.value.value?.metrics.length ?? 0) > manyMetrics;
      timer = setTimeout(
        () => {
          timer = null;
          load();
        },
        isLarge ? gatherManyMs : gatherMs,
      );
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
    if (timer !== null) clearTimeout(timer);
  });
  return { ...detail, log };
}
