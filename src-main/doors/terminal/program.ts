import { Command } from 'commander';
import { defineData } from './definitions/data.ts';
import { defineDatabase } from './definitions/database.ts';
import { defineExperiments } from './definitions/experiments.ts';
import { defineMachine } from './definitions/machine.ts';
import { exitCodeHelp } from './exit-codes.ts';

const epilogue = `
The data folder holds datasets, runs and their checkpoints: --home, else OFFREC_HOME, else
offrec in the user's data folder. Exit codes: offrec help exit-codes.`;

/** The tree of commands. Handlers are loaded when they are called. */
export function buildProgram(version: string): Command {
  const program = new Command('offrec')
    .description('Offline reinforcement learning for recommender systems, from a log to a table.')
    .version(version, '-V, --version', 'print the version')
    .option('--home <folder>', 'data folder (or OFFREC_HOME)')
    .option('--json', 'answer in JSON; progress as JSON lines')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText('after', epilogue)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} });
  defineExperiments(program);
  defineData(program);
  defineDatabase(program);
  defineMachine(program);
  program
    .command('help')
    .argument('[topic...]', 'a command, or exit-codes')
    .description('help for a command')
    .action((topic: string[]) => {
      if (topic[0] === 'exit-codes') process.stdout.write(exitCodeHelp());
      else findCommand(program, topic).outputHelp();
    });
  return program;
}

function findCommand(program: Command, topic: readonly string[]): Command {
  return topic.reduce<Command>((command, name) => {
    const next = command.commands.find((candidate) => candidate.name() === name);
    return (
      next ??
      command.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' })
    );
  }, program);
}
