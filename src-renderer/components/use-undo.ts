import { NButton, useMessage } from 'naive-ui';
import { h } from 'vue';
import { useAttempt } from './use-attempt.ts';

const offeredMs = 10_000;

/**
 * Tells what was done and offers to take it back for ten seconds: `offerUndo('3 runs archived.', restore)`.
 * A failure of `undo` is told like any other.
 */
export function useUndo(): (done: string, undo: () => Promise<unknown>) => void {
  const message = useMessage();
  const { attempt } = useAttempt();
  return (done, undo) => {
    const undoIt = (): void => {
      told.destroy();
      void attempt(async () => {
        await undo();
        return 'Undone.';
      });
    };
    const button = () => h(NButton, { size: 'tiny', onClick: undoIt }, () => 'Undo');
    const content = () => h('span', { class: 'undo-note' }, [`${done} `, button()]);
    const told = message.info(content, { duration: offeredMs, closable: true, showIcon: false });
  };
}
