import { computed, shallowRef, type ComputedRef, type Ref } from 'vue';
import type { RunRow } from '#contract/routes/runs.ts';
import { groupRows, sortGroups, tableLines, type TableLine } from '../lib/row-groups.ts';
import { sortRows } from '../lib/row-order.ts';
import { parseQuery } from '../lib/row-query.ts';
import { fixedColumns, metricColumns, settingColumns, type RunColumn } from '../lib/run-rows.ts';
import type { RunTablePreferences } from '../stores/preferences.ts';

export interface RunLines {
  readonly available: ComputedRef<readonly RunColumn[]>;
  readonly columns: ComputedRef<readonly RunColumn[]>;
  /** What is wrong with the filter, or null. */
  readonly mistake: ComputedRef<string | null>;
  readonly matching: ComputedRef<readonly RunRow[]>;
  readonly lines: ComputedRef<readonly TableLine[]>;
  toggleGroup: (id: string) => void;
}

/** The rows, filtered, sorted and grouped as chosen. */
export function useRunLines(
  rows: Ref<readonly RunRow[]>,
  chosen: Ref<RunTablePreferences>,
): RunLines {
  const open = shallowRef<ReadonlySet<string>>(new Set());
  const available = computed(() => [
    ...fixedColumns,
    ...metricColumns(rows.value),
    ...settingColumns(rows.value),
  ]);
  const byKey = computed(() => new Map(available.value.map((column) => [column.key, column])));
  const named = (keys: readonly string[]): RunColumn[] =>
    keys.flatMap((key) => byKey.value.get(key) ?? []);
  const columns = computed(() => named(chosen.value.columns));
  const parsed = computed(() => parseQuery(chosen.value.query, available.value));
  const mistake = computed(() => (parsed.value.ok ? null : parsed.value.message));
  const sortColumn = computed(() => byKey.value.get(chosen.value.sort.key));

  const matching = computed(() => {
    const query = parsed.value;
    return query.ok ? rows.value.filter((row) => query.test(row)) : rows.value;
  });
  const sorted = computed(() => {
    const column = sortColumn.value;
    if (column === undefined) return matching.value;
    return sortRows(matching.value, column, chosen.value.sort.descending);
  });
  const groups = computed(() => {
    const by = named(chosen.value.groupBy);
    if (by.length === 0) return null;
    const found = groupRows(sorted.value, by);
    const column = sortColumn.value;
    return column === undefined ? found : sortGroups(found, column, chosen.value.sort.descending);
  });
  const lines = computed(() => tableLines(sorted.value, groups.value, open.value));

  function toggleGroup(id: string): void {
    const next = new Set(open.value);
    if (!next.delete(id)) next.add(id);
    open.value = next;
  }
  return { available, columns, mistake, matching, lines, toggleGroup };
}
