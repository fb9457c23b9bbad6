import { onScopeDispose, watch, type Ref } from 'vue';
import type { ComparedMetric } from '#contract/routes/compare.ts';
import { core, onChange } from '../../api/session.ts';
import { loaded, type Loaded } from '../../stores/loading.ts';

const gatherMs = 1000;

/** The metrics that the runs have; read again when a run joins or logs one that was not known. */
export function useComparedMetrics(
  runs: Ref<readonly string[]>,
): Loaded<readonly ComparedMetric[]> {
  const metrics = loaded(async (): Promise<readonly ComparedMetric[]> =>
    runs.value.length === 0 ? [] : core.compare.metrics({ runs: [...runs.value] }),
  );
  let timer: ReturnType<typeof setTimeout> | null = null;
  watch(
    () => runs.value.join(),
    () => void metrics.load(),
    { immediate: true },
  );
  const stop = onChange(({ series }) => {
    if (timer !== null || series.length === 0) return;
    const own = new Set(runs.value);
    const known = new Set(metrics.value.value?.map(({ metric }) => metric));
    if (!series.some(({ run, metric }) => own.has(run) && !known.has(metric))) return;
    timer = setTimeout(() => {
      timer = null;
      void metrics.load();
    }, gatherMs);
  });
  onScopeDispose(() => {
    stop();
    if (timer !== null) clearTimeout(timer);
  });
  return metrics;
}
