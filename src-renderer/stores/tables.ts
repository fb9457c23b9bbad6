import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { z } from 'zod';
import { defaultRecipe, tableRecipeSchema, type TableRecipe } from '#contract/table-recipe.ts';
import { core, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';

const savedSchema = z.array(
  z.object({ name: z.string().min(1).max(80), recipe: tableRecipeSchema }),
);
export type SavedRecipe = z.infer<typeof savedSchema>[number];

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

/** Tables as recipes, kept in this browser: the one on the screen, and those that have a name. */
export const useTables = defineStore('tables', () => {
  const recipe = stored<TableRecipe>('offrec.table', tableRecipeSchema, defaultRecipe);
  const saved = stored<SavedRecipe[]>('offrec.tableRecipes', savedSchema, []);
  const { value: published, error, load } = loaded(() => core.tables.published());
  readWhenever(load);

  function change(part: Partial<TableRecipe>): void {
    recipe.value = { ...recipe.value, ...part };
  }
  /** Keeps the table on the screen under a name; one that has it already is replaced. */
  function keep(name: string): void {
    const others = saved.value.filter((each) => each.name !== name);
    saved.value = [...others, { name, recipe: recipe.value }].sort((a, b) =>
      a.name.localeCompare(b.name),
    );
  }
  function forget(name: string): void {
    saved.value = saved.value.filter((each) => each.name !== name);
  }
  return { recipe, saved, published, error, change, keep, forget };
});
