import type { Command } from 'commander';
import { handledBy } from '../handled-by.ts';
import { examples } from './values.ts';

const load = () => import('../commands/database.ts');

/** `database`: the file that knows every run, and its backups. */
export function defineDatabase(program: Command): void {
  const database = program
    .command('database')
    .helpCommand(false)
    .description('check the database, back it up, restore it');
  const check = database
    .command('check')
    .description('read the whole database and compare its indexes with its tables')
    .action(handledBy(async () => (await load()).checkDatabase));
  examples(check, ['offrec database check']);
  const backup = database
    .command('backup')
    .description('write a backup now; it stays until it is deleted')
    .action(handledBy(async () => (await load()).backUp));
  examples(backup, ['offrec database backup', 'offrec database backup --json']);
  const backups = database
    .command('backups')
    .description('all backups, newest first')
    .action(handledBy(async () => (await load()).listBackups));
  examples(backups, ['offrec database backups']);
  const restore = database
    .command('restore')
    .argument(
      '[backup]',
      'name of a backup (default: the newest good one, when the database is damaged)',
    )
    .description('put a backup in the place of the database, which is kept beside it')
    .action(handledBy(async () => (await load()).restoreBackup));
  examples(restore, [
    'offrec database restore',
    'offrec database restore asked-20260102T030405678Z.sqlite',
  ]);
}
