import { resolve } from 'node:path';
import { errorExitCodes, OffrecError } from '#contract/errors.ts';
import type { VerifiedCheckpoint } from '#core/api.ts';
import { withCore } from '../core-access.ts';
import { alignColumns } from '../columns.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { formatBytes } from '../text.ts';

/** `offrec checkpoint export RUN FOLDER`. */
export function exportCheckpoint(
  terminal: Terminal,
  options: GlobalOptions & { readonly checkpoint?: string },
  run: string,
  target: string,
): Promise<void> {
  const { checkpoint } = options;
  return withCore(terminal, async (core) => {
    const exported = await core.checkpoints.export(
      core.runs.resolve(run),
      resolve(target),
      checkpoint === undefined ? {} : { checkpoint },
    );
    terminal.answer(exported, () => `${filesText(exported)}\nWritten to ${exported.folder}`);
  });
}

/** `offrec checkpoint verify FOLDER`. Exit status 5 when something is wrong with it. */
export function verifyCheckpoint(
  terminal: Terminal,
  _options: GlobalOptions,
  folder: string,
): Promise<number> {
  return withCore(terminal, async (core) => {
    const verified = await core.checkpoints.verify(resolve(folder));
    terminal.answer(verified, () => filesText(verified));
    if (verified.ok) {
      terminal.say(`${verified.folder} is intact.`);
      return 0;
    }
    const error = new OffrecError('corrupt-file', verified.problems.join(' '), {
      where: verified.folder,
      hint: 'Resume from an older checkpoint, or export it again.',
    });
    terminal.fail(error);
    return errorExitCodes[error.code];
  });
}

const filesText = ({ files }: VerifiedCheckpoint): string =>
  alignColumns(
    ['file', 'size'],
    files.map(({ name, bytes }) => [name, formatBytes(bytes)]),
  );
