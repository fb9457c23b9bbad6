import { watchDebounced } from '@vueuse/core';
import { computed, onScopeDispose, watch, type ComputedRef, type Ref } from 'vue';
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
  readonly guess: Job<InspectedLog>;
  readonly check: Job<CheckedLog>;
  readonly problems: ComputedRef<string[]>;
}

const restMs = 400;
const isMapped = ({ map }: LogForm): boolean =>
  Object.values(map).some((column) => column !== null);

/** A log on its way in: what the file seems to be, what the reader decides, and what would come of it. */
export function useLogImport(file: Ref<string>, form: Ref<LogForm>): LogImport {
  const guess = useJob((signal) =>
    core.datasets.guess({ file: file.value, options: fileOptions(form.value) }, { signal }),
  );
  const check = useJob((signal) =>
    core.datasets.check({ file: file.value, options: checkOptions(form.value) }, { signal }),
  );
  const problems = computed(() => formProblems(form.value));
  // The form outlives its page: what a page that was left still waited for must not change it.
  let isLeft = false;
  onScopeDispose(() => (isLeft = true));

  /** What one file's columns play says nothing of another's. */
  function forgetMapping(): void {
    form.value = { ...form.value, map: emptyLogForm.map };
  }

  async function look(isKept = false): Promise<void> {
    if (isLeft) return;
    check.cancel();
    check.result.value = null;
    guess.result.value = null;
    if (!isKept) forgetMapping();
    if (file.value.trim() === '') return guess.cancel();
    await guess.start();
    if (guess.result.value !== null && !isKept && !isLeft) {
      form.value = withGuess(form.value, guess.result.value);
    }
  }

  watch(file, forgetMapping);
  watchDebounced(file, () => look(), { debounce: restMs });
  watch(
    () => JSON.stringify(fileOptions(form.value)),
    () => look(),
  );
  watchDebounced(
    () => (guess.result.value === null ? null : JSON.stringify(checkOptions(form.value))),
    (options) => {
      if (isLeft) return;
      if (options === null || problems.value.length > 0) check.cancel();
      else void check.start();
    },
    { debounce: restMs },
  );
  // A form that comes back after a reload brings its mapping with it.
  if (file.value.trim() !== '') void look(isMapped(form.value));
  return { guess, check, problems };
}
