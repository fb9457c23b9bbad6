import { useElementSize } from '@vueuse/core';
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { limits } from '#contract/limits.ts';
import { fromRouterError } from '#contract/route.ts';
import type { SeriesBuckets } from '#contract/routes/runs.ts';
import { core, onChange, onReset } from '../api/session.ts';

export interface SeriesName {
  readonly run: string;
  readonly metric: string;
}

export interface StepRange {
  readonly fromPlace: number;
  readonly toPlace: number;
}

export interface ShownSeries {
  readonly buckets: ShallowRef<readonly SeriesBuckets[]>;
  readonly error: ShallowRef<OffrecError | null>;
}

const refreshMs = 400;

/**
 * Series as the element can show them, at most one bucket a pixel, for the steps that are in sight. Reads again
 * only when they grew, and only while `isVisible`.
 */
export function useSeries(
  names: Ref<readonly SeriesName[]>,
  range: Ref<StepRange | null>,
  element: Ref<HTMLElement | null>,
  isVisible: Ref<boolean>,
): ShownSeries {
  const buckets = shallowRef<readonly SeriesBuckets[]>([]);
  const error = shallowRef<OffrecError | null>(null);
  const { width } = useElementSize(element);
  let isStale = true;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let newest = 0;

  async function read(): Promise<void> {
    newest += 1;
    const request = newest;
    isStale = false;
    const pixels = Math.max(100, Math.min(limits.pixels, Math.round(width.value)));
    try {
      const answer = await core.runs.series({ of: [...names.value], pixels, ...range.value });
      if (request !== newest) return;
      buckets.value = answer;
      error.value = null;
    } catch (thrown) {
      if (request === newest) error.value = fromRouterError(thrown);
    }
  }

  function refresh(delayMs: number): void {
    isStale = true;
    if (!isVisible.value || names.value.length === 0 || width.value === 0 || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void read();
    }, delayMs);
  }

  watch([names, range, width], () => refresh(30), { immediate: true });
  watch(isVisible, () => {
    if (isStale) refresh(0);
  });
  const stops = [
    onReset(() => refresh(0)),
    onChange(({ series }) => {
      const isConcerned = names.value.some(({ run, metric }) =>
        series.some((grown) => grown.run === run && grown.metric === metric),
      );
      if (isConcerned) refresh(refreshMs);
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
    if (timer !== null) clearTimeout(timer);
  });
  return { buckets, error };
}
