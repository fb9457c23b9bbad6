import { resolve } from 'node:path';
import { errorExitCodes, OffrecError } from '#contract/errors.ts';
import type { VerifiedCheckpoint } from '#contract/routes/checkpoints.ts';
import { withClient } from '../client.ts';
import { alignColumns } from '../columns.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { formatBytes } from '../text.ts';
import { runJob } from './job.ts';

/** `offrec checkpoint export RUN FOLDER`. */
export function exportCheckpoint(
  terminal: Terminal,
  options: GlobalOptions & { readonly checkpoint?: string },
  run: string,
  target: string,
): Promise<void> {
  const { checkpoint } = options;
  return withClient(terminal, async (client) => {
    const { id } = await client.runs.resolve({ prefix: run });
    const name = checkpoint === undefined ? {} : { name: checkpoint };
    const exported = await runJob<VerifiedCheckpoint>(terminal, client, 'Export', () =>
      client.checkpoints.export({ run: id, target: resolve(target), ...name }),
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
  return withClient(terminal, async (client) => {
    const verified = await runJob<VerifiedCheckpoint>(terminal, client, 'Check', () =>
      client.checkpoints.verifyFolder({ folder: resolve(folder) }),
    );
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
