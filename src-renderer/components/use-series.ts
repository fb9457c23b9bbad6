import { useElementSize } from '@vueuse/core';
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { limits } from '#contract/limits.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { SeriesAxis, SeriesBuckets } from '#contract/routes/runs.ts';
import { core, onChange, onReset } from '../api/session.ts';
import type { AxisPart } from '../lib/axis-part.ts';
import { useTurns } from './redraw-turns.ts';

export interface SeriesName {
  readonly run: string;
  readonly metric: string;
}

export interface SeriesView {
  readonly axis: SeriesAxis;
  /** The part of the axis in sight; null for all of it. */
  readonly part: AxisPart | null;
  /** Also what resumes left behind. */
  readonly tails: boolean;
}

export interface ShownSeries {
  readonly buckets: ShallowRef<readonly SeriesBuckets[]>;
  /** Discarded points of the same series, in the same order; empty when they were not asked for. */
  readonly tails: ShallowRef<readonly SeriesBuckets[]>;
  readonly error: ShallowRef<OffrecError | null>;
}

function readSeries(
  names: readonly SeriesName[],
  { axis, part, tails }: SeriesView,
  pixels: number,
): Promise<[SeriesBuckets[], SeriesBuckets[]]> {
  const range = part === null ? {} : { fromPlace: part.from, toPlace: part.to };
  const of = names.map(({ run, metric }) => ({ run, metric }));
  const asked = { of, pixels, axis, ...range };
  return Promise.all([
    core.runs.series(asked),
    tails ? core.runs.series({ ...asked, discarded: true }) : [],
  ]);
}

/**
 * Series as the element can show them, at most one bucket a pixel, for the part of the axis that is in sight. Reads again
 * only when they grew, and only while `isVisible`.
 */
export function useSeries(
  names: Ref<readonly SeriesName[]>,
  view: Ref<SeriesView>,
  element: Ref<HTMLElement | null>,
  isVisible: Ref<boolean>,
): ShownSeries {
  const buckets = shallowRef<readonly SeriesBuckets[]>([]);
  const tails = shallowRef<readonly SeriesBuckets[]>([]);
  const error = shallowRef<OffrecError | null>(null);
  const { width } = useElementSize(element);
  let isStale = true;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const askForTurn = useTurns(() => refresh(0));
  let newest = 0;

  async function read(): Promise<void> {
    newest += 1;
    const request = newest;
    isStale = false;
    const pixels = Math.max(100, Math.min(limits.pixels, Math.round(width.value)));
    try {
      const [answer, discarded] = await readSeries(names.value, view.value, pixels);
      if (request !== newest) return;
      tails.value = discarded;
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

  watch([names, view, width], () => refresh(30), { immediate: true });
  watch(isVisible, () => {
    if (isStale) refresh(0);
  });
  const stops = [
    onReset(() => refresh(0)),
    onChange(({ series }) => {
      const isConcerned = names.value.some(({ run, metric }) =>
        series.some((grown) => grown.run === run && grown.metric === metric),
      );
      if (!isConcerned) return;
      isStale = true;
      if (isVisible.value) askForTurn();
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
    if (timer !== null) clearTimeout(timer);
  });
  return { buckets, tails, error };
}
