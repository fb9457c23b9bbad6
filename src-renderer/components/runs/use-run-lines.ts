import { computed, shallowRef, type ComputedRef, type Ref } from 'vue';
import type { RunRow } from '#contract/routes/runs.ts';
import { groupRows, sortGroups, tableLines, type TableLine } from '../../lib/row-groups.ts';
import { sortRows } from '../../lib/row-order.ts';
import { parseQuery, type QueryResult } from '../../lib/row-query.ts';
import { fixedColumns, metricColumns, settingColumns, type RunColumn } from '../../lib/run-rows.ts';
import type { RunTableView } from '../../lib/run-views.ts';

export interface RunLines {
  readonly available: ComputedRef<readonly RunColumn[]>;
  readonly columns: ComputedRef<readonly RunColumn[]>;
  /** The filter's test, or what is wrong with it. */
  readonly parsed: ComputedRef<QueryResult>;
  readonly matching: ComputedRef<readonly RunRow[]>;
  readonly lines: ComputedRef<readonly TableLine[]>;
  toggleGroup: (id: string) => void;
}

/** The rows, filtered, sorted and grouped as chosen. */
export function useRunLines(rows: Ref<readonly RunRow[]>, chosen: Ref<RunTableView>): RunLines {
  const open = shallowRef<ReadonlySet<string>>(new Set());
  const available = computed<readonly RunColumn[]>((before) => {
    const found = [...fixedColumns, ...metricColumns(rows.value), ...settingColumns(rows.value)];
    // The same columns as before are the same object, so that what hangs on them is not made again.
    const names = (columns: readonly RunColumn[] = []): string =>
      columns.map(({ key, kind }) => key + kind).join();
    return before !== undefined && names(before) === names(found) ? before : found;
  });
  const byKey = computed(() => new Map(available.value.map((column) => [column.key, column])));
  const named = (keys: readonly string[]): RunColumn[] =>
    keys.flatMap((key) => byKey.value.get(key) ?? []);
  const columns = computed(() => named(chosen.value.columns));
  const parsed = computed(() => parseQuery(chosen.value.query, available.value));
  const sortColumn = computed(() => byKey.value.get(chosen.value.sort.key));

  const descending = computed(() => chosen.value.sort.descending);
  // Before the filter, so that a letter more in it does not order everything again.
  const sorted = computed(() => {
    const column = sortColumn.value;
    return column === undefined ? rows.value : sortRows(rows.value, column, descending.value);
  });
  const matching = computed(() => {
    const query = parsed.value;
    return query.ok ? sorted.value.filter((row) => query.test(row)) : sorted.value;
  });
  const groups = computed(() => {
    const by = named(chosen.value.groupBy);
    if (by.length === 0) return null;
    const found = groupRows(matching.value, by);
    const column = sortColumn.value;
    return column === undefined ? found : sortGroups(found, column, descending.value);
  });
  const lines = computed(() => tableLines(matching.value, groups.value, open.value));

  function toggleGroup(id: string): void {
    const next = new Set(open.value);
    if (!next.delete(id)) next.add(id);
    open.value = next;
  }
  return { available, columns, parsed, matching, lines, toggleGroup };
}
