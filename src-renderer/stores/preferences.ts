import { useLocalStorage, usePreferredDark } from '@vueuse/core';
import { defineStore } from 'pinia';
import type { SeriesAxis } from '#contract/routes/runs.ts';
import { computed, watchEffect } from 'vue';
import { chooseDigits } from '../lib/format.ts';
import { defaultColumnKeys } from '../lib/run-rows.ts';
import type { RunTableView } from '../lib/run-views.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

export interface ChartPreferences {
  /** Weight of the moving average, from 0 to below 1. */
  smoothing: number;
  /** What the curves of a run are drawn over. */
  axis: SeriesAxis;
  /** Metrics that stand above the others. */
  pinned: readonly string[];
  logX: boolean;
  logY: boolean;
}

/** What the reader chose, kept in this browser. */
export const usePreferences = defineStore('preferences', () => {
  const theme = useLocalStorage<ThemeChoice>('offrec.theme', 'system');
  const runTable = useLocalStorage<RunTableView>(
    'offrec.runTable',
    {
      columns: defaultColumnKeys,
      groupBy: [],
      sort: { key: 'created', descending: true },
      query: '',
      widths: {},
    },
    { mergeDefaults: true },
  );
  const narrowNavigation = useLocalStorage('offrec.narrowNavigation', false);
  /** Significant digits of numbers outside tables for papers. */
  const digits = useLocalStorage('offrec.digits', 4);
  /** Whether this browser tells when a run ends while the page is not looked at. */
  const notify = useLocalStorage('offrec.notify', false);
  watchEffect(() => chooseDigits(digits.value));
  const charts = useLocalStorage<ChartPreferences>(
    'offrec.charts',
    {
      smoothing: 0,
      axis: 'step',
      pinned: [],
      logX: false,
      logY: false,
    },
    { mergeDefaults: true },
  );
  const prefersDark = usePreferredDark();
  const isDark = computed(() =>
    theme.value === 'system' ? prefersDark.value : theme.value === 'dark',
  );
  return { theme, isDark, narrowNavigation, digits, notify, runTable, charts };
});
