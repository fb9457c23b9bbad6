import { onScopeDispose, computed, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import type { TableEntry } from '#contract/routes/tables.ts';
import { tableOf } from '#report/recipe.ts';
import type { Table } from '#report/table-model.ts';
import { core, onChange } from '../../api/session.ts';
import { loaded } from '../../stores/loading.ts';
import { useExperiments } from '../../stores/experiments.ts';
import { useMethods } from '../../stores/methods.ts';
import { useTables } from '../../stores/tables.ts';

export interface LiveTable {
  readonly table: ComputedRef<Table>;
  readonly entries: ShallowRef<TableEntry[] | null>;
  readonly error: ShallowRef<OffrecError | null>;
  readonly loading: ShallowRef<boolean>;
  readonly load: () => Promise<void>;
}

/** Runs that log go on changing: their values are read again at most this often. */
const gatherMs = 2000;

/** The recipe's table with the values as they are now. */
export function useTable(): LiveTable {
  const tables = useTables();
  const methods = useMethods();
  const experiments = useExperiments();
  const { value, error, loading, load } = loaded(async () => {
    const known = new Set((experiments.experiments ?? []).map(({ name }) => name));
    const names = tables.recipe.experiments.filter((name) => known.has(name));
    if (names.length === 0) return [];
    return core.tables.data({ experiments: names, unfinished: tables.recipe.unfinished });
  });
  watch(
    () => [tables.recipe.experiments.join(), tables.recipe.unfinished, experiments.experiments],
    () => void load(),
    { immediate: true },
  );
  let timer: ReturnType<typeof setTimeout> | null = null;
  onScopeDispose(
    onChange(({ runs }) => {
      if (runs.length === 0 || timer !== null) return;
      timer = setTimeout(() => {
        timer = null;
        void load();
      }, gatherMs);
    }),
  );
  onScopeDispose(() => {
    if (timer !== null) clearTimeout(timer);
  });
  const table = computed(() => {
    const data = {
      entries: value.value ?? [],
      published: tables.published ?? [],
      metrics: methods.metrics,
    };
    return tableOf(data, tables.recipe);
  });
  return { table, entries: value, error, loading, load };
}
