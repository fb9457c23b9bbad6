import { defineStore } from 'pinia';
import { computed } from 'vue';
import { fromRouterError } from '#contract/router-error.ts';
import type { SavedThings } from '#contract/routes/saved.ts';
import { core, onChange, readWhenever } from '../api/session.ts';
import { entriesToMove, type KeptHere } from '../lib/saved-here.ts';
import { loaded } from './loading.ts';

const keys = { tables: 'offrec.tableRecipes', runViews: 'offrec.runViews' } as const;
const kinds = ['tables', 'runViews'] as const;

/** Tables and views that have a name: kept in the data folder, the same for every window and browser. */
export const useSaved = defineStore('saved', () => {
  const { value, error, load } = loaded(() => core.saved.list());
  readWhenever(async () => {
    await load();
    if (value.value !== null) await moveFromHere(value.value);
  });
  onChange(({ topics }) => {
    if (topics.includes('saved')) void load();
  });

  function put(kind: keyof SavedThings, entry: KeptHere): Promise<SavedThings> {
    // What an older version kept here is checked by the core like anything else.
    return kind === 'tables'
      ? core.saved.putTable(entry as unknown as SavedThings['tables'][number])
      : core.saved.putRunView(entry as unknown as SavedThings['runViews'][number]);
  }

  /** Older versions kept them in this browser: they move once. */
  async function moveFromHere(there: SavedThings): Promise<void> {
    for (const kind of kinds) {
      const text = localStorage.getItem(keys[kind]);
      if (text === null) continue;
      try {
        for (const entry of entriesToMove(text, there[kind])) await moveOne(kind, entry);
        localStorage.removeItem(keys[kind]);
      } catch {
        // The data folder cannot be written now: they stay here until it can.
      }
    }
  }
  async function moveOne(kind: keyof SavedThings, entry: KeptHere): Promise<void> {
    try {
      value.value = await put(kind, entry);
    } catch (thrown) {
      // What does not fit any more would never move.
      if (fromRouterError(thrown).code !== 'invalid-input') throw thrown;
    }
  }

  async function keepTable(table: SavedThings['tables'][number]): Promise<void> {
    value.value = await core.saved.putTable(table);
  }
  async function keepRunView(view: SavedThings['runViews'][number]): Promise<void> {
    value.value = await core.saved.putRunView(view);
  }
  async function remove(kind: keyof SavedThings, name: string): Promise<void> {
    value.value = await core.saved.remove({ kind, name });
  }
  const tables = computed(() => value.value?.tables ?? []);
  const runViews = computed(() => value.value?.runViews ?? []);
  return { tables, runViews, error, load, keepTable, keepRunView, remove };
});
