import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { useRoute } from 'vue-router';
import { core } from '../../api/session.ts';
import { emptyFile, fileOfRun, fileText } from '../../lib/experiment/file.ts';
import { useExperimentDraft } from '../../stores/experiment-draft.ts';
import { useMethodDetails } from '../../stores/method-details.ts';
import { useAttempt } from '../use-attempt.ts';

interface Replacement {
  readonly title: string;
  readonly read: () => Promise<{ text: string; experiment: string | null }>;
}

export interface DraftSource {
  /** What would take the draft's place, waiting for the reader's word because the draft is not saved. */
  readonly waiting: ShallowRef<Replacement | null>;
  /** Puts something in the draft's place, after asking where changes would be lost. */
  replaceBy: (replacement: Replacement) => void;
  begin: (replacement: Replacement) => Promise<void>;
}

/** Opens what the address names: an experiment, a copy of one, or a copy of a run. */
export function useDraftSource(name: Ref<string | null>): DraftSource {
  const draft = useExperimentDraft();
  const details = useMethodDetails();
  const { attempt } = useAttempt();
  const route = useRoute();
  const waiting = shallowRef<Replacement | null>(null);

  function begin({ read }: Replacement): Promise<void> {
    waiting.value = null;
    return attempt(async () => {
      const { text, experiment } = await read();
      draft.replace(text, experiment);
      return null;
    });
  }
  function replaceBy(replacement: Replacement): void {
    if (draft.isChanged) waiting.value = replacement;
    else void begin(replacement);
  }

  const ofExperiment = (from: string, isCopy: boolean): Replacement => ({
    title: isCopy ? `a copy of ${from}` : from,
    read: async () => {
      const { file } = await core.experiments.show({ name: from });
      const text = fileText(isCopy ? { ...file, name: `${from}-copy`.slice(0, 80) } : file);
      return { text, experiment: isCopy ? null : from };
    },
  });
  const ofRun = (id: string): Replacement => ({
    title: `a copy of run ${id}`,
    read: async () => {
      const { record } = await core.runs.show({ id });
      const { defaults, title } = await details.read(record.spec.method);
      return { text: fileText(fileOfRun(record, defaults, title)), experiment: null };
    },
  });

  watch(
    [name, () => route.query['from'], () => route.query['run']],
    ([experiment, from, run]) => {
      if (experiment !== null) {
        if (draft.experiment !== experiment) replaceBy(ofExperiment(experiment, false));
      } else if (typeof from === 'string') replaceBy(ofExperiment(from, true));
      else if (typeof run === 'string') replaceBy(ofRun(run));
      else if (draft.experiment !== null && !draft.isChanged) draft.replace(emptyFile, null);
    },
    { immediate: true },
  );
  return { waiting, replaceBy, begin };
}
