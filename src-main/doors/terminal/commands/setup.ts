import { createInterface } from 'node:readline/promises';
import { OffrecError } from '#contract/errors.ts';
import type { OnProgress } from '#setup/preparation.mjs';
import { inMegabytes } from '#setup/progress.mjs';
import { alignColumns } from '../columns.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openDisplay } from '../progress/display.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { formatBytes } from '../text.ts';

interface SetupOptions extends GlobalOptions {
  readonly cuda?: boolean;
  readonly yes?: boolean;
}

/** `offrec setup [--cuda]`. */
export async function prepareMachine(terminal: Terminal, options: SetupOptions): Promise<void> {
  return options.cuda ? prepareCuda(terminal, options) : prepareProcessor(terminal);
}

async function prepareProcessor(terminal: Terminal): Promise<void> {
  const { prepareNativeLibrary } = await import('#setup/native-library.mjs');
  const result = await withProgress(terminal, (job) =>
    prepareNativeLibrary({ ...job, verify: true }),
  );
  if (result.status === 'missing') throw missing(result);
  const { version, libraryFolder } = result.library;
  terminal.answer(
    { tensorflow: version, folder: libraryFolder, installed: result.installed },
    () => `TensorFlow ${version} is ready in ${libraryFolder}`,
  );
}

async function prepareCuda(terminal: Terminal, options: SetupOptions): Promise<void> {
  const [{ installCuda }, { planCuda }] = await Promise.all([
    import('#setup/cuda.mjs'),
    import('#setup/cuda-plan.mjs'),
  ]);
  const plan = planCuda();
  const rows = plan.packages.map(({ name, version, downloadBytes, diskBytes }) => [
    name,
    version,
    formatBytes(downloadBytes),
    formatBytes(diskBytes),
  ]);
  terminal.say(alignColumns(['package', 'version', 'download', 'on disk'], rows));
  const sizes = `${formatBytes(plan.downloadBytes)} to download, ${formatBytes(plan.diskBytes)} on disk`;
  terminal.say(`${sizes}, into ${plan.folder}`);
  if (!plan.driver) terminal.say('No NVIDIA driver was found: a GPU would stay unused.');
  if (!plan.ready && options.yes !== true) await confirm();
  const result = await withProgress(terminal, (job) => installCuda(plan, { ...job, verify: true }));
  if (result.status === 'missing') throw missing(result);
  const { version, libraryFolder } = result.library;
  terminal.answer(
    { tensorflow: version, folder: libraryFolder, installed: result.installed, gpu: result.gpu },
    () =>
      `TensorFlow ${version} with CUDA is ready in ${libraryFolder}; ` +
      (result.gpu ? 'it uses the GPU.' : 'it finds no GPU.'),
  );
}

/** Nothing is fetched that nobody agreed to: without a terminal to ask on, `--yes` has to say so. */
async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new OffrecError('usage', 'This needs a confirmation.', {
      hint: 'Add --yes to agree to the packages above.',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question('Install these packages? [y/N] ');
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new OffrecError('cancelled', 'Nothing was installed.');
}

const megabyte = 1e6;

async function withProgress<Result>(
  terminal: Terminal,
  work: (job: { onProgress: OnProgress; signal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  const display = await openDisplay(terminal);
  using interrupts = listenForInterrupts(terminal, () => display.note('Ending.'));
  let stage = { step: '', startedMs: 0 };
  const onProgress: OnProgress = (progress) => {
    const { step, done, total } = progress;
    if (stage.step !== step) stage = { step, startedMs: performance.now() };
    const elapsedS = (performance.now() - stage.startedMs) / 1000;
    const perS = elapsedS < 0.5 || done === 0 ? null : done / elapsedS;
    const job = inMegabytes(progress);
    display.update('setup', {
      title: 'TensorFlow',
      ...job,
      total: job.total === 0 ? null : job.total,
      ratePerS: perS === null ? null : perS / megabyte,
      remainingS: perS === null || total === 0 ? null : (total - done) / perS,
    });
  };
  try {
    return await work({ onProgress, signal: interrupts.signal });
  } catch (cause) {
    if (!interrupts.signal.aborted) throw cause;
    throw new OffrecError('cancelled', 'Interrupted: nothing was left behind.', {
      hint: 'Run the same command again to continue.',
      cause,
    });
  } finally {
    display.close();
  }
}

const missing = ({ what, how }: { what: string; how: string }): OffrecError =>
  new OffrecError('native-missing', what, { hint: how });
