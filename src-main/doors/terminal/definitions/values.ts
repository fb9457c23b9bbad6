import { InvalidArgumentError, type Command } from 'commander';

/** A whole number within bounds. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
    const upper = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
    throw new InvalidArgumentError(`A whole number from ${min}${upper} is expected.`);
  };
}

/** The level of a test. */
export function level(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 0.5) return value;
  throw new InvalidArgumentError('A number between 0 and 0.5 is expected.');
}

/** Collects an option that may be given several times; commas separate as well. */
export function commaList(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter((part) => part !== '')];
}

/** Collects an option that may be given several times, each text as it is. */
export function each(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** Lines below a command's help. */
export function examples(command: Command, lines: readonly string[]): Command {
  const text = lines.map((line) => `  $ ${line}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
