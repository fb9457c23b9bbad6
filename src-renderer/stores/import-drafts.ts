import { useSessionStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import type { WorldSettings } from '#contract/world.ts';
import { emptyLogForm, type LogForm } from '../lib/log-import.ts';

interface Draft {
  /** Name of the dataset that is to be made. */
  name: string;
  /** The name under which it was made; null until then. */
  madeAs: string | null;
}

interface LogDraft extends Draft {
  source: string;
  form: LogForm;
}

interface CoatDraft extends Draft {
  source: string;
  groundTruth: string;
}

interface WorldDraft extends Draft {
  preset: string;
  /** Null until the presets are known. */
  settings: WorldSettings | null;
}

const emptyLog: LogDraft = { source: '', name: '', form: emptyLogForm, madeAs: null };
const emptyCoat: CoatDraft = { source: '', groundTruth: '', name: '', madeAs: null };
const emptyWorld: WorldDraft = { preset: 'biased', settings: null, name: '', madeAs: null };

const isMade = ({ name, madeAs }: Draft): boolean => madeAs !== null && madeAs === name;

/** What is being imported or made, kept in this tab: neither a reload nor another page loses what was decided. */
export const useImportDrafts = defineStore('importDrafts', () => {
  const kind = useSessionStorage<'log' | 'coat'>('offrec.importKind', 'log');
  const log = useSessionStorage<LogDraft>('offrec.importLog', emptyLog, {
    mergeDefaults: (kept, empty) => ({ ...empty, ...kept, form: { ...empty.form, ...kept.form } }),
  });
  const coat = useSessionStorage('offrec.importCoat', emptyCoat, { mergeDefaults: true });
  const world = useSessionStorage('offrec.importWorld', emptyWorld, { mergeDefaults: true });

  /** To be told of each dataset that was imported or made. */
  function markMade(name: string): void {
    for (const draft of [log, coat, world]) {
      if (draft.value.name === name) draft.value.madeAs = name;
    }
  }
  /** Forgets the drafts whose dataset was made. */
  function beginAnew(): void {
    if (isMade(log.value)) log.value = { ...emptyLog };
    if (isMade(coat.value)) coat.value = { ...emptyCoat };
    if (isMade(world.value)) world.value = { ...emptyWorld };
  }
  return { kind, log, coat, world, markMade, beginAnew };
});
