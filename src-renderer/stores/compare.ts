import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import type { SeriesAxis } from '#contract/routes/runs.ts';
import type { BandKind } from '../lib/compare-bands.ts';
import type { Reading } from '../lib/compare-final.ts';
import type { GroupChoice } from '../lib/compare-groups.ts';

export interface CurveSettings {
  readonly band: BandKind;
  readonly axis: SeriesAxis;
  /** Weight of the moving average, from 0 to below 1. */
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Published values of no method, of those that are compared, or of all. */
  readonly published: 'none' | 'same' | 'all';
}

export interface FinalSettings extends Reading {
  readonly spread: 'std' | 'sem';
}

/** Looks are kept of the groups that were shown last. */
const mostChoices = 500;

/** What the reader chose for comparisons, kept in this browser. */
export const useCompareChoices = defineStore('compare', () => {
  const groups = useLocalStorage<Record<string, GroupChoice>>('offrec.compare.groups', {});
  const curves = useLocalStorage<CurveSettings>(
    'offrec.compare.curves',
    { band: 'sem', axis: 'step', smoothing: 0, logX: false, logY: false, published: 'same' },
    { mergeDefaults: true },
  );
  const final = useLocalStorage<FinalSettings>(
    'offrec.compare.final',
    { condensation: 'all-epochs', spread: 'std', unfinished: false },
    { mergeDefaults: true },
  );

  function choose(id: string, change: GroupChoice): void {
    const { [id]: before, ...others } = groups.value;
    const kept = Object.entries(others).slice(1 - mostChoices);
    groups.value = { ...Object.fromEntries(kept), [id]: { ...before, ...change } };
  }

  function forgetNameAndColour(id: string): void {
    const { slot, hidden } = groups.value[id] ?? {};
    groups.value = {
      ...groups.value,
      [id]: {
        ...(slot === undefined ? {} : { slot }),
        ...(hidden === undefined ? {} : { hidden }),
      },
    };
  }

  /** Remembers the places in the palette, so that groups look the same next time. */
  function keepSlots(slots: ReadonlyMap<string, number>): void {
    for (const [id, slot] of slots) {
      if (groups.value[id]?.slot !== slot) choose(id, { slot });
    }
  }
  return { groups, curves, final, choose, forgetNameAndColour, keepSlots };
});
