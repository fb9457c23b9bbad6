import type { PreparationResult } from '#contract/job.ts';
import type { ImportProgress } from '#engine/data/progress.ts';
import type { OnProgress } from '#setup/preparation.mjs';
import { inMegabytes } from '#setup/progress.mjs';

/** Prepares TensorFlow's library, or the one with CUDA. What cannot be had is the answer, not an error. */
export async function prepareNative(
  cuda: boolean,
  {
    onProgress,
    signal,
  }: { readonly onProgress: (progress: ImportProgress) => void; readonly signal: AbortSignal },
): Promise<PreparationResult> {
  const tell: OnProgress = (progress) => onProgress(inMegabytes(progress));
  const options = { onProgress: tell, signal, verify: true };
  const [{ installCuda }, { planCuda }] = await Promise.all([
    import('#setup/cuda.mjs'),
    import('#setup/cuda-plan.mjs'),
  ]);
  const { prepareNativeLibrary } = await import('#setup/native-library.mjs');
  const result = cuda
    ? await installCuda(planCuda(), options)
    : await prepareNativeLibrary(options);
  const { status } = result;
  return { obstacle: status === 'missing' ? { what: result.what, how: result.how } : null };
}
