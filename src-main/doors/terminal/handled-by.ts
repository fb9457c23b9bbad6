import type { Command } from 'commander';
import { Terminal, type GlobalOptions } from './terminal.ts';

/** What a command does, once its words are understood. Returns an exit status where 0 would be wrong. */
export type CommandHandler<Arguments extends unknown[], Options> = (
  terminal: Terminal,
  options: Options & GlobalOptions,
  ...operands: Arguments
) => Promise<number | void> | number | void;

/**
 * An action that loads its handler when it is called, so that help and completion stay quick. What commander
 * parsed is typed by the definition beside it.
 */
export function handledBy<Arguments extends unknown[], Options>(
  load: () => Promise<CommandHandler<Arguments, Options>>,
): (...parsed: unknown[]) => Promise<void> {
  return async (...parsed) => {
    const command = parsed.at(-1) as Command;
    const options = command.optsWithGlobals<Options & GlobalOptions>();
    const handler = await load();
    const status = await handler(
      new Terminal(options),
      options,
      ...(command.processedArgs as Arguments),
    );
    if (typeof status === 'number') process.exitCode = status;
  };
}
