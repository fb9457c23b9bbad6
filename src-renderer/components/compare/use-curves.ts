import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import type { Change } from '#contract/routes/changes.ts';
import type { GridSeries } from '#contract/routes/compare.ts';
import { fromRouterError } from '#contract/router-error.ts';
import { core, onChange, onReset } from '../../api/session.ts';
import { CurveReader, type CurveView } from '../../lib/curve-reader.ts';
import { useTurns } from '../redraw-turns.ts';

/** A comparison draws the series of all its runs and their bands. */
const turnsOfComparison = 2;

export interface ShownCurves {
  /** The view that the series were read for; null until they were read once. */
  readonly view: ShallowRef<CurveView | null>;
  readonly series: ShallowRef<readonly GridSeries[]>;
  readonly error: ShallowRef<OffrecError | null>;
}

/** The runs of which a change names the series that is shown. */
function grownRuns(change: Change, view: CurveView | null, runs: readonly string[]): string[] {
  const own = new Set(runs);
  return change.series
    .filter(({ run, metric }) => metric === view?.metric && own.has(run))
    .map(({ run }) => run);
}

/**
 * One metric of several runs on one grid. Reads only while `isVisible`, and then what changed: series that grew are
 * named by the core, all others stay as they are.
 */
export function useCurves(
  runs: Ref<readonly string[]>,
  wanted: Ref<CurveView | null>,
  isVisible: Ref<boolean>,
): ShownCurves {
  const view = shallowRef<CurveView | null>(null);
  const series = shallowRef<readonly GridSeries[]>([]);
  const error = shallowRef<OffrecError | null>(null);
  const reader = new CurveReader((question) => core.compare.curves(question));
  let isStale = true;
  let isReading = false;
  let isAskedAgain = false;
  const askForTurn = useTurns(refresh, turnsOfComparison);

  async function read(): Promise<void> {
    const asked = wanted.value;
    if (asked === null || runs.value.length === 0 || isReading) return;
    isStale = false;
    isAskedAgain = false;
    isReading = true;
    try {
      const found = await reader.read(asked, runs.value);
      view.value = asked;
      series.value = found;
      error.value = null;
    } catch (thrown) {
      error.value = fromRouterError(thrown);
    } finally {
      isReading = false;
    }
    if (isAskedAgain) refresh();
  }

  /** At once, so that the core works while the page draws what it has. */
  function refresh(): void {
    isStale = true;
    if (isReading) isAskedAgain = true;
    else if (isVisible.value) void read();
  }

  watch([runs, wanted], refresh, { immediate: true });
  watch(isVisible, () => {
    if (isStale) refresh();
  });
  const stops = [
    onReset(() => {
      reader.forgetAll();
      refresh();
    }),
    onChange((change) => {
      const grown = grownRuns(change, wanted.value, runs.value);
      for (const run of grown) reader.forget(run);
      if (grown.length === 0) return;
      isStale = true;
      if (isVisible.value) askForTurn();
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
  });
  return { view, series, error };
}
