import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, toRaw } from 'vue';
import type { z } from 'zod';
import { defaultRecipe, tableRecipeSchema, type TableRecipe } from '#contract/table-recipe.ts';
import { core, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';
import { useSaved } from './saved.ts';

/** What was kept may be of an older version: what is no recipe any more is forgotten. */
function stored<Value>(key: string, schema: z.ZodType<Value>, fallback: Value) {
  return useLocalStorage<Value>(key, fallback, {
    serializer: {
      read: (text) => {
        try {
          return schema.catch(fallback).parse(JSON.parse(text));
        } catch {
          return fallback;
        }
      },
      write: (value) => JSON.stringify(value),
    },
  });
}

/** Tables as recipes: the one on the screen, kept in this browser, and those that have a name. */
export const useTables = defineStore('tables', () => {
  const recipe = stored<TableRecipe>('offrec.table', tableRecipeSchema, defaultRecipe);
  const kept = useSaved();
  const saved = computed(() => kept.tables);
  const { value: published, error, load } = loaded(() => core.tables.published());
  readWhenever(load);

  function change(part: Partial<TableRecipe>): void {
    recipe.value = { ...recipe.value, ...part };
  }
  /** Keeps the table on the screen under a name; one that has it already is replaced. */
  const keep = (name: string): Promise<void> =>
    kept.keepTable({ name, recipe: toRaw(recipe.value) });
  const forget = (name: string): Promise<void> => kept.remove('tables', name);
  return { recipe, saved, published, error, change, keep, forget };
});
