import type { Command } from 'commander';
import { handledBy } from '../handled-by.ts';
import { each, examples, wholeNumber } from './values.ts';

/** `serve`, `methods`, `checkpoint`, and what concerns this machine and this program. */
export function defineMachine(program: Command): void {
  defineServe(program);
  defineMethods(program);
  defineCheckpoint(program);
  const doctor = program
    .command('doctor')
    .description('device, libraries, speed, what is missing and how to get it')
    .action(handledBy(async () => (await import('../commands/doctor.ts')).examine));
  examples(doctor, ['offrec doctor', 'offrec doctor --json']);
  const setup = program
    .command('setup')
    .description('prepare TensorFlow: download, check, unpack, try out')
    .option('--cuda', 'the libraries for an NVIDIA GPU; packages and sizes are shown first')
    .option('--yes', 'do not ask for confirmation')
    .action(handledBy(async () => (await import('../commands/setup.ts')).prepareMachine));
  examples(setup, ['offrec setup', 'offrec setup --cuda']);
  const demo = program
    .command('demo')
    .description('a synthetic world, two methods, two seeds, one table: under two minutes')
    .action(handledBy(async () => (await import('../commands/demo.ts')).runDemo));
  examples(demo, ['offrec demo']);
  const bench = program
    .command('bench')
    .argument('[arguments...]', 'passed on')
    .description('measure speed beside PyTorch')
    .allowUnknownOption()
    .action(handledBy(async () => (await import('../commands/bench.ts')).runBench));
  examples(bench, ['offrec bench', 'offrec bench --json']);
  defineSelf(program);
}

function defineServe(program: Command): void {
  const serve = program
    .command('serve')
    .description('the workbench in a browser, from a machine with or without a display')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes any', wholeNumber(0, 65_535), 7377)
    .option('--token <text>', 'what lets a browser in (or OFFREC_TOKEN; default: a random one)')
    .option('--name <host>', 'host name under which browsers ask; may be given several times', each)
    .option('--jobs <n>', 'most runs at once', wholeNumber(1, 256))
    .option(
      '--browse <folder>',
      'folder that browsers may look through; may be given several times (default: your own)',
      each,
    )
    .option('--no-browse', 'browsers may look through no folder')
    .action(handledBy(async () => (await import('../commands/serve.ts')).serve));
  examples(serve, [
    'offrec serve',
    'offrec serve --port 8080',
    'offrec serve --host 0.0.0.0 --name gpu.example.org',
  ]);
}

function defineMethods(program: Command): void {
  const methods = program
    .command('methods')
    .helpCommand(false)
    .description('list and show methods');
  const list = methods
    .command('list')
    .description('all methods')
    .action(handledBy(async () => (await import('../commands/methods.ts')).listMethods));
  examples(list, ['offrec methods list']);
  const show = methods
    .command('show')
    .argument('<name>', 'name of the method')
    .description('hyper-parameters, paper, presets and deviations')
    .action(handledBy(async () => (await import('../commands/methods.ts')).showMethod));
  examples(show, ['offrec methods show dorl']);
}

function defineCheckpoint(program: Command): void {
  const checkpoint = program
    .command('checkpoint')
    .helpCommand(false)
    .description('export and verify checkpoints');
  const exporting = checkpoint
    .command('export')
    .argument('<run>', 'id of the run, or its beginning')
    .argument('<folder>', 'new folder to write')
    .description('copy a checkpoint with its configuration and a card: safetensors, JSON, Markdown')
    .option('--checkpoint <name>', 'which checkpoint (default: the newest)')
    .action(handledBy(async () => (await import('../commands/checkpoint.ts')).exportCheckpoint));
  examples(exporting, ['offrec checkpoint export 3f9a ./dorl-coat']);
  const verify = checkpoint
    .command('verify')
    .argument('<folder>', 'folder of a checkpoint')
    .description('read every file again and compare it with its checksum')
    .action(handledBy(async () => (await import('../commands/checkpoint.ts')).verifyCheckpoint));
  examples(verify, ['offrec checkpoint verify ./dorl-coat']);
}

function defineSelf(program: Command): void {
  const schema = program
    .command('schema')
    .argument('[file]', 'file to write (default: standard output)')
    .description('JSON schema of experiment files, for editors')
    .action(handledBy(async () => (await import('../commands/schema.ts')).writeSchema));
  examples(schema, ['offrec schema experiment.schema.json']);
  const completion = program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('script that completes commands, options and names')
    .action(handledBy(async () => (await import('../commands/completion.ts')).printCompletion));
  examples(completion, [
    'offrec completion bash >> ~/.bashrc',
    'offrec completion zsh > "${fpath[1]}/_offrec"',
    'offrec completion fish > ~/.config/fish/completions/offrec.fish',
  ]);
  program
    .command('completion-server', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async () => (await import('../commands/completion.ts')).answerCompletion(program));
}
