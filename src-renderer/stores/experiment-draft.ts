import { useLocalStorage, watchDebounced } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, watch } from 'vue';
import { core, onChange, onReset } from '../api/session.ts';
import { editText, readText, type FilePath } from '../lib/experiment/document.ts';
import { emptyFile } from '../lib/experiment/file.ts';
import type { Settings } from '../lib/configuration/values.ts';
import { loaded } from './loading.ts';

interface Draft {
  readonly text: string;
  /** As it was opened or saved. */
  readonly saved: string;
  /** The experiment that is being edited; null for a new one. */
  readonly experiment: string | null;
}

const checkAfterMs = 300;
const shownRuns = 200;

/**
 * The experiment that is being written. Its text is the only truth: the form reads it and edits it, the editor shows
 * it. Kept in this browser, so that nothing is lost by a reload.
 */
export const useExperimentDraft = defineStore('experimentDraft', () => {
  const draft = useLocalStorage<Draft>('offrec.experimentDraft', {
    text: emptyFile,
    saved: emptyFile,
    experiment: null,
  });
  const text = computed(() => draft.value.text);
  const isChanged = computed(() => draft.value.text !== draft.value.saved);
  const read = computed(() => readText(text.value));
  /** The newest content that could be read: the form stays while the text is being typed. */
  const file = computed<Settings>((before) => read.value.value ?? before ?? {});

  const {
    value: checked,
    error,
    load,
  } = loaded(async () => {
    const asked = text.value;
    return { of: asked, ...(await core.experiments.check({ text: asked, limit: shownRuns })) };
  });
  watchDebounced(text, () => void load(), { debounce: checkAfterMs });
  watch(draft, () => void load(), { once: true, immediate: true });
  onReset(() => void load());
  onChange(({ topics }) => {
    if (topics.includes('experiments') || topics.includes('datasets')) void load();
  });

  function write(next: string): void {
    draft.value = { ...draft.value, text: next };
  }
  function edit(path: FilePath, value: unknown): void {
    write(editText(text.value, path, value));
  }
  function replace(next: string, experiment: string | null): void {
    draft.value = { text: next, saved: next, experiment };
  }
  /** What is there now is where it was saved to. */
  function markSaved(): void {
    draft.value = { ...draft.value, saved: text.value };
  }
  /** Whether the check is of the text as it stands. */
  const isCurrent = computed(() => checked.value?.of === text.value);
  const experiment = computed(() => draft.value.experiment);
  return {
    text,
    experiment,
    isChanged,
    read,
    file,
    checked,
    isCurrent,
    error,
    load,
    write,
    edit,
    replace,
    markSaved,
  };
});
