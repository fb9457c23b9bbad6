import { computed, type ComputedRef } from 'vue';
import type { Published } from '#contract/published.ts';
import { core } from '../../api/session.ts';
import type { DatasetKinds } from '../../lib/compare-published.ts';
import { useDatasets } from '../../stores/datasets.ts';
import { loaded } from '../../stores/loading.ts';

/** Published figures, and what is known of the datasets here to tell whether they may stand beside own runs. */
export function usePublished(): {
  readonly published: ComputedRef<readonly Published[]>;
  readonly kinds: ComputedRef<DatasetKinds>;
} {
  const datasets = useDatasets();
  const { value, load } = loaded(() => core.tables.published());
  void load();
  return {
    published: computed(() => value.value ?? []),
    kinds: computed(
      () =>
        new Map(
          (datasets.listing?.datasets ?? []).map(({ name, kind, groundTruth }) => [
            name,
            { kind, groundTruth },
          ]),
        ),
    ),
  };
}
