import { OffrecError, type ErrorCode } from '#contract/errors.ts';

interface Meaning {
  readonly prefix: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** First match wins, so that the longer codes of SQLite stand before the shorter ones. */
const meanings: readonly Meaning[] = [
  {
    prefix: 'SQLITE_FULL',
    code: 'disk-full',
    message: 'The disk is full: the store could not write.',
    hint: 'Free some space and resume the runs; what was acknowledged is safe.',
  },
  {
    prefix: 'SQLITE_READONLY',
    code: 'read-only',
    message: 'The store cannot be written: its file or folder is read-only.',
    hint: 'Check the permissions of the data folder, or name another one with --home.',
  },
  {
    prefix: 'SQLITE_CORRUPT',
    code: 'corrupt-file',
    message: 'The store is damaged.',
    hint: 'Put the newest good backup in its place: offrec database restore. The damaged file is kept.',
  },
  {
    prefix: 'SQLITE_NOTADB',
    code: 'corrupt-file',
    message: 'The store is not a database, or its beginning is damaged.',
    hint: 'Put the newest good backup in its place: offrec database restore. The damaged file is kept.',
  },
  {
    prefix: 'SQLITE_BUSY',
    code: 'busy',
    message: 'Another process has held the store for too long.',
    hint: 'Try again; if it stays so, end the other process that works on this data folder.',
  },
  {
    prefix: 'SQLITE_LOCKED',
    code: 'busy',
    message: 'The store is locked.',
    hint: 'Try again in a moment.',
  },
  {
    prefix: 'SQLITE_CANTOPEN',
    code: 'read-only',
    message: 'The store could not be opened.',
    hint: 'Check that the data folder exists and may be written.',
  },
  {
    prefix: 'SQLITE_IOERR_SHORT_READ',
    code: 'corrupt-file',
    message: 'The store ends too early.',
    hint: 'Put the newest good backup in its place: offrec database restore. The damaged file is kept.',
  },
  {
    prefix: 'SQLITE_IOERR',
    code: 'disk-full',
    message: 'The disk refused to read or write the store.',
    hint: 'Check free space, quota and the state of the disk, then resume the runs.',
  },
];

function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
}

/** An error of SQLite as OffrecError; any other error comes back as it is. */
export function fromSqliteError(error: unknown, where: string): unknown {
  const code = sqliteCode(error);
  if (code === null) return error;
  const meaning = meanings.find((candidate) => code.startsWith(candidate.prefix));
  if (meaning === undefined) {
    const text = error instanceof Error ? error.message : code;
    return new OffrecError('internal', `The store refused a statement: ${text}`, {
      where,
      cause: error,
    });
  }
  return new OffrecError(meaning.code, meaning.message, {
    where,
    hint: meaning.hint,
    cause: error,
  });
}
