import type { Command } from 'commander';
import { handledBy } from '../handled-by.ts';
import { commaList, each, examples, wholeNumber } from './values.ts';

const loadRun = () => import('../commands/run.ts');
const loadRuns = () => import('../commands/runs.ts');

/** `run`, `sweep` and the commands about runs. */
export function defineExperiments(program: Command): void {
  defineRun(program);
  defineSweep(program);
  defineRuns(program);
}

function runOptions(command: Command): Command {
  return command
    .argument('<file>', 'experiment file, YAML or JSON')
    .option('--set <path=value>', 'change a field of the file; may be given several times', each)
    .option('--jobs <n>', 'most runs at once', wholeNumber(1, 256))
    .option('--again', 'run anew what is already there')
    .option('--dry-run', 'check the file and list its runs without starting any')
    .option('--no-references', 'do not score the reference policies afterwards');
}

function defineRun(program: Command): void {
  const command = runOptions(program.command('run'))
    .description('run an experiment file, or continue it where it was left')
    .action(handledBy(async () => (await loadRun()).runExperiment));
  examples(command, [
    'offrec run coat-dorl.yaml',
    'offrec run coat-dorl.yaml --set epochs=5 --set seeds=[0,1]',
    'offrec run coat-dorl.yaml --set dorl.lambdaU=[0.005,0.05] --set compute.threads=2',
    'offrec run coat-dorl.yaml --json | tail -1',
  ]);
}

function defineSweep(program: Command): void {
  const command = runOptions(program.command('sweep'))
    .description('as run, after showing the expanded grid')
    .action(handledBy(async () => (await loadRun()).sweepExperiment));
  examples(command, [
    'offrec sweep lambda.yaml --dry-run',
    'offrec sweep coat-dorl.yaml --set lambdaU=[0.001,0.01,0.1] --jobs 2',
  ]);
}

function defineRuns(program: Command): void {
  const runs = program
    .command('runs')
    .helpCommand(false)
    .description('list, show and control runs');
  const list = runs
    .command('list')
    .description('runs, newest experiment last')
    .option('--experiment <name>', 'of one experiment')
    .option('--dataset <name>', 'on one dataset')
    .option('--method <name>', 'of one method')
    .option('--status <status>', 'with this status; several separated by commas', commaList)
    .option('--limit <n>', 'at most so many', wholeNumber(1))
    .option('--superseded', 'also runs that their experiment file no longer names')
    .action(handledBy(async () => (await loadRuns()).listRuns));
  examples(list, [
    'offrec runs list --experiment coat-dorl',
    'offrec runs list --status paused,failed',
  ]);
  const show = runs
    .command('show')
    .argument('<run>', 'id, or its beginning')
    .description('everything about a run: configuration, segments, checkpoints, metrics')
    .option('--log <n>', 'with the last lines of its log', wholeNumber(1, 10_000))
    .action(handledBy(async () => (await loadRuns()).showRun));
  examples(show, ['offrec runs show 3f9a', 'offrec runs show 3f9a --json']);
  defineControl(runs);
}

function defineControl(runs: Command): void {
  const ids = ['<runs...>', 'ids, or their beginnings'] as const;
  const pause = runs
    .command('pause')
    .argument(...ids)
    .description('write a checkpoint and pause')
    .action(handledBy(async () => (await loadRuns()).pauseRuns));
  examples(pause, ['offrec runs pause 3f9a']);
  const stop = runs
    .command('stop')
    .argument(...ids)
    .description('write a checkpoint and end')
    .action(handledBy(async () => (await loadRuns()).stopRuns));
  examples(stop, ['offrec runs stop 3f9a 77c0']);
  const resume = runs
    .command('resume')
    .argument('[runs...]', 'ids, or their beginnings')
    .description('continue runs from their newest checkpoints')
    .option('--experiment <name>', 'every paused or interrupted run of an experiment')
    .option('--checkpoint <name>', 'from an older checkpoint; what came later is dropped')
    .option('--jobs <n>', 'most runs at once', wholeNumber(1, 256))
    .action(handledBy(async () => (await loadRuns()).resumeRuns));
  examples(resume, ['offrec runs resume 3f9a', 'offrec runs resume --experiment coat-dorl']);
  const fork = runs
    .command('fork')
    .argument('<run>', 'id, or its beginning')
    .description('a new run that starts from a checkpoint of this one')
    .option('--checkpoint <name>', 'the checkpoint to start from (default: the newest)')
    .option('--set <field=value>', 'change a hyper-parameter; may be given several times', each)
    .option('--label <text>', 'what the table calls it')
    .option('--jobs <n>', 'most runs at once', wholeNumber(1, 256))
    .action(handledBy(async () => (await loadRuns()).forkRun));
  examples(fork, ['offrec runs fork 3f9a --set learningRate=0.0001 --label "DORL slow"']);
}
