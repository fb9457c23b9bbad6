import { errorExitCodes, type ErrorCode } from '#contract/errors.ts';

const meanings: Readonly<Record<number, string>> = {
  0: 'done',
  2: 'the command line was not understood',
  3: 'a name that does not exist, or one that already does',
  4: 'an input file or a value that cannot be used',
  5: 'a damaged file, or one of another version',
  6: 'a compute device or a native library is missing',
  7: 'memory or disk is full, or the data folder is read-only',
  8: 'somebody else is using it',
  9: 'a process of a run ended without a word; the run can be resumed',
  10: 'a run failed',
  70: 'a mistake in Offrec itself',
  130: 'interrupted or paused before the end',
};

/** Exit codes, their meaning, and the error codes that `--json` prints with each. */
export function exitCodeHelp(): string {
  const codes = Object.entries(errorExitCodes) as [ErrorCode, number][];
  const lines = Object.entries(meanings).map(([status, meaning]) => {
    const names = codes.filter(([, exit]) => exit === Number(status)).map(([code]) => code);
    const detail = names.length === 0 ? '' : ` (${names.join(', ')})`;
    return `${status.padStart(5)}  ${meaning}${detail}`;
  });
  return `Exit codes:\n${lines.join('\n')}\n`;
}
