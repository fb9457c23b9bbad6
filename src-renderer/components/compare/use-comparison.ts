import { computed, watch, type ComputedRef, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { RunRow } from '#contract/routes/runs.ts';
import {
  assignSlots,
  defaultGroupFields,
  groupRuns,
  showGroups,
  type ShownGroup,
} from '../../lib/compare-groups.ts';
import { keepCompared } from '../../lib/compare-rows.ts';
import {
  chooseRuns,
  isEmptySource,
  readSource,
  writeSource,
  type CompareSource,
} from '../../lib/compare-source.ts';
import { useCompareChoices } from '../../stores/compare.ts';

export interface Comparison {
  readonly source: ComputedRef<CompareSource>;
  readonly isEmpty: ComputedRef<boolean>;
  /** What is wrong with the filter, or null. */
  readonly mistake: ComputedRef<string | null>;
  readonly rows: ComputedRef<readonly RunRow[]>;
  readonly fields: ComputedRef<readonly string[]>;
  readonly groups: ComputedRef<readonly ShownGroup[]>;
  readonly tab: ComputedRef<string>;
  readonly metrics: ComputedRef<readonly string[]>;
  setSource: (source: CompareSource) => void;
  /** Changes parts of the address: `by`, `tab`, `metrics`, `baseline`; null takes one away. */
  setAddress: (parts: Readonly<Record<string, string | null>>) => void;
}

/** What the address says is compared: runs, groups and what is shown of them. Everything follows the rule live. */
export function useComparison(all: Ref<readonly RunRow[]>): Comparison {
  const route = useRoute();
  const router = useRouter();
  const choices = useCompareChoices();
  const text = (name: string): string => {
    const value = route.query[name];
    return typeof value === 'string' ? value : '';
  };
  const source = computed(() => readSource(route.query));
  const chosen = computed(() => chooseRuns(all.value, source.value));
  const rows = computed<readonly RunRow[]>((before = []) =>
    keepCompared(before, chosen.value.rows),
  );
  const fields = computed(() => {
    const by = text('by').split(',').filter(Boolean);
    return by.length === 0 ? defaultGroupFields : by;
  });
  const found = computed(() => groupRuns(rows.value, fields.value));
  watch(
    () => found.value.map(({ id }) => id).join('\n'),
    () => {
      const ids = found.value.map(({ id }) => id);
      choices.keepSlots(assignSlots(ids, choices.groups));
    },
    { immediate: true },
  );

  function setAddress(parts: Readonly<Record<string, string | null>>): void {
    const kept = Object.entries({ ...route.query, ...parts }).filter(
      ([, value]) => value !== null && value !== '',
    );
    void router.replace({ query: Object.fromEntries(kept) });
  }

  return {
    source,
    isEmpty: computed(() => isEmptySource(source.value)),
    mistake: computed(() => chosen.value.mistake),
    rows,
    fields,
    groups: computed(() => showGroups(found.value, choices.groups, text('baseline') || null)),
    tab: computed(() => text('tab') || 'curves'),
    metrics: computed(() => text('metrics').split(',').filter(Boolean)),
    setSource: (next) => {
      const none = { runs: null, exact: null, experiments: null, query: null };
      setAddress({ ...none, ...writeSource(next) });
    },
    setAddress,
  };
}
