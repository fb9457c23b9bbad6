import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { MetricSummary } from '#contract/run.ts';
import { core, onChange, onReset } from '../../api/session.ts';
import type { Summaries } from '../../lib/compare-final.ts';

const gatherMs = 1000;

export interface ShownSummaries {
  readonly summaries: ShallowRef<Summaries>;
  readonly error: ShallowRef<OffrecError | null>;
  readonly isRead: ShallowRef<boolean>;
}

/** Summaries of chosen series; while runs go on, only those that grew are read again. */
export function useSummaries(
  runs: Ref<readonly string[]>,
  metrics: Ref<readonly string[]>,
): ShownSummaries {
  const summaries = shallowRef<Summaries>(new Map());
  const error = shallowRef<OffrecError | null>(null);
  const isRead = shallowRef(false);
  const stale = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let generation = 0;

  async function read(ids: readonly string[], own: number): Promise<void> {
    try {
      const asked = { runs: [...ids], metrics: [...metrics.value] };
      const answer = ids.length === 0 ? [] : await core.compare.summaries(asked);
      if (own !== generation) return;
      const next = new Map(summaries.value);
      for (const { run, metrics: found } of answer) {
        next.set(run, new Map(found.map((each): [string, MetricSummary] => [each.metric, each])));
      }
      summaries.value = next;
      error.value = null;
      isRead.value = true;
    } catch (thrown) {
      if (own === generation) error.value = fromRouterError(thrown);
    }
  }

  function readAll(): void {
    generation += 1;
    stale.clear();
    summaries.value = new Map();
    void read(runs.value, generation);
  }

  watch([() => runs.value.join(), () => metrics.value.join('\n')], readAll, { immediate: true });
  const stops = [
    onReset(readAll),
    onChange(({ series }) => {
      const own = new Set(runs.value);
      const wanted = new Set(metrics.value);
      for (const { run, metric } of series) {
        if (own.has(run) && wanted.has(metric)) stale.add(run);
      }
      if (stale.size === 0 || timer !== null) return;
      timer = setTimeout(() => {
        timer = null;
        const grown = [...stale];
        stale.clear();
        void read(grown, generation);
      }, gatherMs);
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
    if (timer !== null) clearTimeout(timer);
  });
  return { summaries, error, isRead };
}
