import { OffrecError, toWireError } from '#contract/errors.ts';
import { preparationResultSchema } from '#contract/job.ts';
import type { SetupState } from '#contract/routes/system.ts';
import { planCuda } from '#setup/cuda-plan.mjs';
import { findNativeLibrary } from '#setup/library-folder.mjs';
import type { Setup } from './api.ts';
import type { Jobs } from './jobs.ts';

function gpuState(): Pick<SetupState, 'gpu' | 'cuda'> {
  const { driver, ready, downloadBytes, diskBytes } = planCuda();
  return {
    gpu: !driver ? 'none' : ready ? 'ready' : 'offered',
    cuda: { downloadBytes, diskBytes },
  };
}

/** Preparing is a job like an import; it goes on whoever looks on, and ends with the core. */
export function createSetup(jobs: Pick<Jobs, 'run'>): Setup {
  const listeners = new Set<() => void>();
  let preparing: SetupState['preparing'] = null;
  let obstacle: SetupState['obstacle'] = null;
  let controller: AbortController | null = null;

  const change = (next: SetupState['preparing']): void => {
    preparing = next;
    for (const listener of listeners) listener();
  };

  async function work(cuda: boolean, signal: AbortSignal): Promise<void> {
    try {
      const result = await jobs.run(
        { kind: 'prepare', cuda },
        { signal, onProgress: (progress) => change({ cuda, progress }) },
      );
      obstacle = preparationResultSchema.parse(result).obstacle;
    } catch (error) {
      const { code, message, hint } = toWireError(error);
      obstacle = code === 'cancelled' ? null : { what: message, how: hint ?? 'Try again.' };
    } finally {
      controller = null;
      change(null);
    }
  }

  return {
    state: () => ({
      native: findNativeLibrary()?.version ?? null,
      ...gpuState(),
      preparing,
      obstacle,
    }),
    prepare({ cuda }) {
      if (controller !== null) {
        throw new OffrecError('busy', 'A native library is being prepared already.');
      }
      controller = new AbortController();
      obstacle = null;
      change({ cuda, progress: null });
      void work(cuda, controller.signal);
    },
    cancel: () => controller?.abort(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
