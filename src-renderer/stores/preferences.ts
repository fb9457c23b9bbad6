import { useLocalStorage, usePreferredDark } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { RowSort } from '../lib/row-order.ts';
import { defaultColumnKeys } from '../lib/run-rows.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

export interface RunTablePreferences {
  readonly columns: readonly string[];
  readonly groupBy: readonly string[];
  readonly sort: RowSort;
  readonly query: string;
}

export interface ChartPreferences {
  /** Weight of the moving average, from 0 to below 1. */
  smoothing: number;
  logX: boolean;
  logY: boolean;
}

/** What the reader chose, kept in this browser. */
export const usePreferences = defineStore('preferences', () => {
  const theme = useLocalStorage<ThemeChoice>('offrec.theme', 'system');
  const runTable = useLocalStorage<RunTablePreferences>('offrec.runTable', {
    columns: defaultColumnKeys,
    groupBy: [],
    sort: { key: 'created', descending: true },
    query: '',
  });
  const charts = useLocalStorage<ChartPreferences>('offrec.charts', {
    smoothing: 0,
    logX: false,
    logY: false,
  });
  const prefersDark = usePreferredDark();
  const isDark = computed(() =>
    theme.value === 'system' ? prefersDark.value : theme.value === 'dark',
  );
  return { theme, isDark, runTable, charts };
});
