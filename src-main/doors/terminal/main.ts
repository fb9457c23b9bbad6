import { CommanderError } from 'commander';
import { errorExitCodes, OffrecError, toWireError } from '#contract/errors.ts';
import { buildProgram } from './program.ts';
import { Terminal } from './terminal.ts';
import { offrecVersion } from './version.ts';

/** The reader of a pipe may leave early, as `head` does: nothing is wrong then. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** A mistake that no command caught: told like any other, with its stack, because it is ours. */
process.on('uncaughtException', (error) => {
  new Terminal({ json: process.argv.includes('--json') }).fail(error);
  process.stderr.write(`${error.stack ?? ''}\n`);
  process.exit(errorExitCodes.internal);
});

async function main(words: readonly string[]): Promise<void> {
  const program = buildProgram(offrecVersion());
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const cause = error instanceof CommanderError ? usageError(error) : error;
    if (cause === null) return;
    new Terminal({ json: words.includes('--json') }).fail(cause);
    const { code } = toWireError(cause);
    if (code === 'internal' && cause instanceof Error)
      process.stderr.write(`${cause.stack ?? ''}\n`);
    process.exitCode = errorExitCodes[code];
  }
}

/** What commander says, in our form; null when it only showed help or the version. */
function usageError(error: CommanderError): OffrecError | null {
  if (error.exitCode === 0) return null;
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /\((Did you mean .*)\)/.exec(rest.join(' '))?.[1];
  const shown = error.code === 'commander.help';
  return new OffrecError(
    'usage',
    shown ? 'A command is missing.' : `${capitalise(first)}.`.replace('..', '.'),
    {
      hint: suggestion ?? 'offrec --help lists the commands, offrec help COMMAND explains one.',
      cause: error,
    },
  );
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

await main(process.argv.slice(2));
