import tabtab from '@pnpm/tabtab';
import type { Command, Option } from 'commander';
import { OffrecError } from '#contract/errors.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { namesFor } from './completion-names.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `offrec completion SHELL`. */
export async function printCompletion(
  terminal: Terminal,
  _options: GlobalOptions,
  given: string,
): Promise<void> {
  const shell = shells.find((name) => name === given);
  if (shell === undefined) {
    throw new OffrecError('usage', `There is no completion for '${given}'.`, {
      hint: `Shells: ${shells.join(', ')}.`,
    });
  }
  terminal.text(await tabtab.getCompletionScript({ name: 'offrec', completer: 'offrec', shell }));
}

interface Candidate {
  readonly name: string;
  readonly description?: string;
}

/** Called by the shell's script with the words of the line; answers with candidates for the last one. */
export async function answerCompletion(program: Command): Promise<void> {
  const { line, point } = tabtab.parseEnv(process.env);
  const words = line.slice(0, point).split(/\s+/).slice(1);
  const candidates = await complete(program, words);
  if (candidates === 'files') return tabtab.logFiles();
  tabtab.log([...candidates], tabtab.getShellFromEnv(process.env));
}

async function complete(
  program: Command,
  words: readonly string[],
): Promise<readonly Candidate[] | 'files'> {
  const last = words.at(-1) ?? '';
  const { command, operands, pending, home } = walk(program, words.slice(0, -1));
  if (pending !== undefined) return valuesOf(pending.argChoices, pending.long ?? '', home);
  if (last.startsWith('-')) return optionsOf(command);
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  if (commands.length > 0)
    return commands.map((sub) => ({ name: sub.name(), description: sub.description() }));
  const at = Math.min(operands, command.registeredArguments.length - 1);
  const argument = command.registeredArguments[at];
  if (argument === undefined) return optionsOf(command);
  return valuesOf(
    argument.argChoices,
    `${command.parent?.name() ?? ''} ${command.name()} ${argument.name()}`,
    home,
  );
}

const valuesOf = async (choices: readonly string[] | undefined, slot: string, home?: string) =>
  choices?.map((name) => ({ name })) ?? (await namesFor(slot, home));

interface Walk {
  readonly command: Command;
  /** Operands that the command has already. */
  readonly operands: number;
  /** The option that waits for its value. */
  readonly pending: Option | undefined;
  readonly home: string | undefined;
}

function walk(program: Command, words: readonly string[]): Walk {
  let [command, operands, home]: [Command, number, string | undefined] = [program, 0, undefined];
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      if (pending.long === '--home') home = word;
      pending = undefined;
    } else if (word.startsWith('-')) {
      const option = allOptions(command).find(({ long, short }) => long === word || short === word);
      pending = option?.required === true ? option : undefined;
    } else {
      const next = command.commands.find((candidate) => candidate.name() === word);
      if (next === undefined) operands++;
      else command = next;
    }
  }
  return { command, operands, pending, home };
}

function allOptions(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

const optionsOf = (command: Command): Candidate[] =>
  allOptions(command).flatMap(({ long, description }) =>
    long ? [{ name: long, description }] : [],
  );
