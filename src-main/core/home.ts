import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { OffrecError } from '#contract/errors.ts';

/** Paths inside a data folder. */
export interface HomeFolders {
  readonly root: string;
  readonly database: string;
  readonly datasets: string;
  readonly runs: string;
  readonly cache: string;
  readonly backups: string;
  /** Files that browsers have sent, until they are imported. */
  readonly uploads: string;
}

/** The data folder: the flag, else OFFREC_HOME, else `offrec` in the user's data folder. */
export function resolveHome(flag: string | undefined, environment: NodeJS.ProcessEnv): string {
  const named = flag ?? environment['OFFREC_HOME'];
  if (named !== undefined && named !== '') return resolve(named);
  const dataFolder = environment['XDG_DATA_HOME'];
  if (dataFolder !== undefined && isAbsolute(dataFolder)) return join(dataFolder, 'offrec');
  return join(homedir(), '.local', 'share', 'offrec');
}

export function homeFolders(root: string): HomeFolders {
  if (!isAbsolute(root) || root.includes('\0')) {
    throw new OffrecError('usage', 'The data folder must be an absolute path.', { where: root });
  }
  return {
    root,
    database: join(root, 'offrec.sqlite'),
    datasets: join(root, 'datasets'),
    runs: join(root, 'runs'),
    cache: join(root, 'cache'),
    backups: join(root, 'backups'),
    uploads: join(root, 'uploads'),
  };
}
