import { computed } from 'vue';
import { useRouter } from 'vue-router';
import { core } from '../api/session.ts';
import { useAttempt } from './use-attempt.ts';
import { useCommands } from './use-commands.ts';

/** What can be asked for on every page: runs and the queue as a whole, the demo. */
export function useWorkbenchCommands(): void {
  const router = useRouter();
  const { attempt } = useAttempt();
  const pauseAll = async (): Promise<string> =>
    `${(await core.queue.pauseAll()).paused} runs paused; the queue is held.`;
  const resumeAll = async (): Promise<string> =>
    `${(await core.queue.resumeAll()).resumed} runs queued again; the queue goes on.`;
  const hold = async (): Promise<string> => {
    await core.queue.hold({ held: true });
    return 'The queue is held: nothing more starts.';
  };
  const release = async (): Promise<string> => {
    await core.queue.hold({ held: false });
    await core.queue.serve();
    return 'The queue goes on.';
  };
  const commands = computed(() => [
    { id: 'import-dataset', title: 'Import a dataset', run: () => void router.push('/import') },
    { id: 'make-world', title: 'Make a synthetic world', run: () => void router.push('/world') },
    {
      id: 'start-demo',
      title: 'Start the demo',
      run: () => void router.push({ path: '/', query: { demo: 'start' } }),
    },
    { id: 'pause-all', title: 'Pause all runs', run: () => void attempt(pauseAll) },
    { id: 'resume-all', title: 'Resume all runs', run: () => void attempt(resumeAll) },
    { id: 'hold-queue', title: 'Hold the queue', run: () => void attempt(hold) },
    { id: 'release-queue', title: 'Release the queue', run: () => void attempt(release) },
  ]);
  useCommands('Everywhere', commands);
}
