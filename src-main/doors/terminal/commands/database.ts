import { errorExitCodes, OffrecError } from '#contract/errors.ts';
import type { Backup } from '#contract/routes/database.ts';
import { backupClient, dataFolder, withClient } from '../client.ts';
import { alignColumns } from '../columns.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { count, formatBytes } from '../text.ts';
import { runJob } from './job.ts';

/** `offrec database check`. Exit status 5 when something is wrong with it. */
export function checkDatabase(terminal: Terminal): Promise<number> {
  return withClient(terminal, async (client) => {
    const { file, bytes } = await client.database.info();
    const { problems } = await runJob(terminal, client, 'database', () => client.database.check());
    terminal.answer({ file, bytes, problems }, () =>
      problems.length === 0 ? `${file} (${formatBytes(bytes)}) is sound.` : problems.join('\n'),
    );
    if (problems.length === 0) return 0;
    const error = new OffrecError('corrupt-file', `${count(problems.length, 'problem')} found.`, {
      where: file,
      hint: 'Put the newest good backup in its place: offrec database restore NAME.',
    });
    terminal.fail(error);
    return errorExitCodes[error.code];
  });
}

/** `offrec database backup`. */
export function backUp(terminal: Terminal): Promise<void> {
  return withClient(terminal, async (client) => {
    const backup = await runJob(terminal, client, 'backup', () => client.database.backup());
    terminal.answer(backup, () => `${backup.name} (${formatBytes(backup.bytes)})`);
  });
}

/** `offrec database backups`: works also while the database is damaged. */
export async function listBackups(terminal: Terminal): Promise<void> {
  const { database } = await backupClient(await dataFolder(terminal.home));
  const backups = await database.backups();
  terminal.answer(backups, () =>
    backups.length === 0
      ? 'No backups.'
      : alignColumns(['backup', 'written', 'why', 'size'], backups.map(rowOf)),
  );
}

const reasons = { session: 'end of a session', upgrade: 'before an upgrade', asked: 'asked for' };

const rowOf = ({ name, writtenAt, kind, bytes }: Backup): string[] => [
  name,
  writtenAt.slice(0, 19).replace('T', ' '),
  reasons[kind],
  formatBytes(bytes),
];

/** `offrec database restore [BACKUP]`: without a name, the newest good one in the place of a damaged database. */
export async function restoreBackup(
  terminal: Terminal,
  _options: GlobalOptions,
  name: string | undefined,
): Promise<void> {
  if (name !== undefined) {
    const { database } = await backupClient(await dataFolder(terminal.home));
    await database.restore({ name });
  }
  // Opening it is what restores; what was done is told as a notice.
  await withClient(
    terminal,
    async (client, { notices }) => {
      const { restoring, runs } = await client.database.info();
      const restored = notices.some(({ message }) => message.includes('has taken'));
      terminal.answer({ restored, waiting: restoring, runs }, () => {
        if (restoring !== null) return 'End the other Offrec; the next start restores the backup.';
        return restored ? `Restored: ${count(runs, 'run')}.` : 'The database is not damaged.';
      });
    },
    { restoreBackup: true },
  );
}
