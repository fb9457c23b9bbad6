import { useLocalStorage, usePreferredDark } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed } from 'vue';
import { defaultColumnKeys } from '../lib/run-rows.ts';
import type { RunTableView, SavedRunView } from '../lib/run-views.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

export interface ChartPreferences {
  /** Weight of the moving average, from 0 to below 1. */
  smoothing: number;
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
  const runViews = useLocalStorage<readonly SavedRunView[]>('offrec.runViews', []);
  const charts = useLocalStorage<ChartPreferences>('offrec.charts', {
    smoothing: 0,
    logX: false,
    logY: false,
  });
  const prefersDark = usePreferredDark();
  const isDark = computed(() =>
    theme.value === 'system' ? prefersDark.value : theme.value === 'dark',
  );
  return { theme, isDark, runTable, runViews, charts };
});
