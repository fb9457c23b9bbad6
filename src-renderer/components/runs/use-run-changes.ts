import { useDialog } from 'naive-ui';
import type { BulkResult, RunRow } from '#contract/routes/runs.ts';
import { core } from '../../api/session.ts';
import { countRuns } from '../../lib/run-actions.ts';
import { useAttempt, type Attempt } from '../use-attempt.ts';
import { useUndo } from '../use-undo.ts';

type Runs = readonly RunRow[];
type Mark = 'favourite' | 'archived';

export interface RunChanges {
  readonly busy: Attempt['busy'];
  tag: (runs: Runs, tag: string, isAdded: boolean) => Promise<void>;
  mark: (runs: Runs, mark: Mark, value: boolean) => Promise<void>;
  setNote: (run: RunRow, note: string) => Promise<void>;
  setPriority: (runs: Runs, priority: number) => Promise<void>;
  /** Asks first, because files cannot come back. */
  remove: (runs: Runs) => void;
}

const idsOf = (runs: Runs): string[] => runs.map(({ id }) => id);
const done: Readonly<Record<Mark, readonly [off: string, on: string]>> = {
  favourite: ['no longer a favourite', 'marked as favourite'],
  archived: ['taken out of the archive', 'archived'],
};

/** Throws the first refusal, so that the reader is told why. */
function checked(result: BulkResult): void {
  const [first] = result.failed;
  if (first === undefined) return;
  throw Object.assign(new Error(first.error.message), { cause: first.error });
}

function askToRemove(
  dialog: ReturnType<typeof useDialog>,
  attempt: Attempt['attempt'],
  runs: Runs,
): void {
  dialog.warning({
    title: `Delete ${countRuns(runs.length)}?`,
    content:
      'Their points, logs and checkpoints are deleted from the disk. This cannot be undone; archiving hides runs and keeps them.',
    positiveText: 'Delete',
    negativeText: 'Cancel',
    onPositiveClick: () =>
      attempt(async () => {
        checked(await core.runs.remove({ ids: idsOf(runs) }));
        return `${countRuns(runs.length)} deleted.`;
      }),
  });
}

/** What a reader changes about runs; everything but the removal can be taken back. */
export function useRunChanges(): RunChanges {
  const { busy, attempt } = useAttempt();
  const offerUndo = useUndo();
  const dialog = useDialog();

  const change = (
    told: string,
    act: () => Promise<unknown>,
    undo: () => Promise<unknown>,
  ): Promise<void> =>
    attempt(async () => {
      await act();
      offerUndo(told, undo);
      return null;
    });

  const setTag = async (ids: string[], tag: string, isAdded: boolean): Promise<void> =>
    checked(await core.runs.tag({ ids, ...(isAdded ? { add: [tag] } : { remove: [tag] }) }));

  const setMark = async (ids: string[], mark: Mark, value: boolean): Promise<void> =>
    checked(await core.runs.mark({ ids, [mark]: value }));

  return {
    busy,
    async tag(runs, tag, isAdded) {
      const ids = idsOf(runs.filter((run) => run.tags.includes(tag) !== isAdded));
      if (ids.length === 0) return;
      const told = `Tag ${tag} ${isAdded ? 'added to' : 'removed from'} ${countRuns(ids.length)}.`;
      await change(
        told,
        () => setTag(ids, tag, isAdded),
        () => setTag(ids, tag, !isAdded),
      );
    },
    async mark(runs, mark, value) {
      const ids = idsOf(runs.filter((run) => run[mark] !== value));
      if (ids.length === 0) return;
      const told = `${countRuns(ids.length)} ${done[mark][value ? 1 : 0]}.`;
      await change(
        told,
        () => setMark(ids, mark, value),
        () => setMark(ids, mark, !value),
      );
    },
    async setNote({ id, note: before }, note) {
      if (note === before) return;
      const write = (text: string) => core.runs.setNote({ id, note: text });
      await change(
        'Note saved.',
        () => write(note),
        () => write(before),
      );
    },
    setPriority: (runs, priority) =>
      attempt(async () => {
        checked(await core.runs.setPriority({ ids: idsOf(runs), priority }));
        return `Priority of ${countRuns(runs.length)} is ${priority}.`;
      }),
    remove: (runs) => askToRemove(dialog, attempt, runs),
  };
}
