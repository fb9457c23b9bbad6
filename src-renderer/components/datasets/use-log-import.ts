import { watchDebounced } from '@vueuse/core';
import { computed, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { CheckedLog, InspectedLog } from '#contract/log-file.ts';
import { core } from '../../api/session.ts';
import {
  checkOptions,
  emptyLogForm,
  fileOptions,
  formProblems,
  withGuess,
  type LogForm,
} from '../../lib/log-import.ts';
import { useJob, type Job } from '../use-job.ts';

export interface LogImport {
  readonly form: ShallowRef<LogForm>;
  readonly guess: Job<InspectedLog>;
  readonly check: Job<CheckedLog>;
  readonly problems: ComputedRef<string[]>;
}

const restMs = 400;

/** A log on its way in: what the file seems to be, what the reader decides, and what would come of it. */
export function useLogImport(file: Ref<string>): LogImport {
  const form = shallowRef(emptyLogForm);
  const guess = useJob((signal) =>
    core.datasets.guess({ file: file.value, options: fileOptions(form.value) }, { signal }),
  );
  const check = useJob((signal) =>
    core.datasets.check({ file: file.value, options: checkOptions(form.value) }, { signal }),
  );
  const problems = computed(() => formProblems(form.value));

  async function look(): Promise<void> {
    check.cancel();
    check.result.value = null;
    guess.result.value = null;
    if (file.value.trim() === '') return guess.cancel();
    await guess.start();
    if (guess.result.value !== null) form.value = withGuess(form.value, guess.result.value);
  }

  watchDebounced(file, look, { debounce: restMs });
  watch(() => JSON.stringify(fileOptions(form.value)), look);
  watchDebounced(
    () => (guess.result.value === null ? null : JSON.stringify(checkOptions(form.value))),
    (options) => {
      if (options === null || problems.value.length > 0) check.cancel();
      else void check.start();
    },
    { debounce: restMs },
  );
  return { form, guess, check, problems };
}
