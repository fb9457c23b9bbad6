import { Option, type Command } from 'commander';
import { aggregationSchema } from '#contract/protocol.ts';
import { handledBy } from '../handled-by.ts';
import { commaList, each, examples, wholeNumber } from './values.ts';

const loadImport = () => import('../commands/import.ts');
const loadDatasets = () => import('../commands/datasets.ts');

/** `datasets`, `reference` and `table`. */
export function defineData(program: Command): void {
  const datasets = program
    .command('datasets')
    .helpCommand(false)
    .description('import, list, show and remove datasets');
  defineImports(datasets.command('import').helpCommand(false).description('import a dataset'));
  const list = datasets
    .command('list')
    .description('all datasets')
    .action(handledBy(async () => (await loadDatasets()).listDatasets));
  examples(list, ['offrec datasets list']);
  const show = datasets
    .command('show')
    .argument('<name>', 'name of the dataset')
    .description('counts, features, ground truth and warnings')
    .option('--statistics', 'with distributions, which reads the whole log')
    .action(handledBy(async () => (await loadDatasets()).showDataset));
  examples(show, ['offrec datasets show coat', 'offrec datasets show coat --statistics --json']);
  const remove = datasets
    .command('remove')
    .argument('<name>', 'name of the dataset')
    .description('delete a dataset')
    .option('--force', 'also while runs that are not finished need it')
    .action(handledBy(async () => (await loadDatasets()).removeDataset));
  examples(remove, ['offrec datasets remove coat']);
  defineReference(program);
  defineTable(program);
}

function defineImports(imports: Command): void {
  const coat = imports
    .command('coat')
    .argument('<folder>', "the publisher's folder with train.ascii, test.ascii and features")
    .description('Coat Shopping as published')
    .option(
      '--ground-truth <file>',
      'complete matrix of true ratings (default: rebuilt, and named so)',
    )
    .option('--name <name>', 'name of the dataset', 'coat')
    .option('--replace', 'replace a dataset of this name')
    .action(handledBy(async () => (await loadImport()).importCoat));
  examples(coat, [
    'offrec datasets import coat ~/coat --ground-truth ~/coat_pseudoGT_ratingM.ascii',
  ]);
  const log = imports
    .command('log')
    .argument('<file>', 'CSV, TSV, JSONL or Parquet')
    .description('any log with a user, an item and a reward in each row')
    .option(
      '--map <field=column,...>',
      'which column is what (default: guessed from names)',
      commaList,
    )
    .requiredOption('--name <name>', 'name of the dataset')
    .option('--set <option=value>', 'a further setting of the importer', each)
    .option('--replace', 'replace a dataset of this name')
    .action(handledBy(async () => (await loadImport()).importLog));
  examples(log, [
    'offrec datasets import log clicks.csv --name clicks',
    'offrec datasets import log log.parquet --map user=uid,item=video,reward=watch,time=ts --name videos',
  ]);
  const synthetic = imports
    .command('synthetic')
    .description('a world whose true rewards are known, and the log of a biased recommender in it')
    .option('--name <name>', 'name of the dataset', 'synthetic')
    .option('--preset <name>', 'a world known by name: demo, biased')
    .option('--set <option=value>', 'a setting of the world; may be given several times', each)
    .option('--replace', 'replace a dataset of this name')
    .action(handledBy(async () => (await loadImport()).importSynthetic));
  examples(synthetic, [
    'offrec datasets import synthetic --name world',
    'offrec datasets import synthetic --name biased --set users=1000 --set exposureBias=1 --set seed=3',
  ]);
}

function defineReference(program: Command): void {
  const reference = program
    .command('reference')
    .argument('<dataset>', 'name of the dataset')
    .description('score the reference policies: random, popular, item mean, …, oracle')
    .option(
      '--protocol <protocol>',
      "a preset's name, or fields such as {preset: nx0, maxLength: 10}",
      'nx0',
    )
    .option(
      '--episodes <n>',
      "episodes of each policy (default: the protocol's)",
      wholeNumber(1, 10_000_000),
    )
    .option('--seed <n>', 'seed of users and of the random policy', wholeNumber(0, 0xffffffff))
    .action(handledBy(async () => (await import('../commands/reference.ts')).scoreReference));
  examples(reference, [
    'offrec reference coat --protocol nx0 --episodes 10000',
    'offrec reference coat --json',
  ]);
}

function defineTable(program: Command): void {
  const table = program
    .command('table')
    .argument('<experiments...>', 'names of experiments')
    .description('methods by datasets: mean and spread over seeds')
    .addOption(
      new Option(
        '--format <format>',
        'how to write it (default: markdown, with --json json)',
      ).choices(['markdown', 'csv', 'latex', 'json']),
    )
    .option('--metric <name>', 'show this metric; several separated by commas', commaList)
    .addOption(
      new Option(
        '--aggregation <name>',
        'how the evaluations of a run become one number (default: all-epochs; json and csv: all three)',
      ).choices(aggregationSchema.options),
    )
    .addOption(
      new Option('--spread <kind>', 'deviation or standard error')
        .choices(['std', 'sem'])
        .default('std'),
    )
    .option('--digits <n>', 'digits after the point (default: by metric)', wholeNumber(0, 12))
    .option('--published', 'with published figures for the same data')
    .option('--no-references', 'without reference policies')
    .option('--underline-second', 'underline the second of each column (LaTeX)')
    .action(handledBy(async () => (await import('../commands/table.ts')).showTable));
  examples(table, [
    'offrec table coat-dorl',
    'offrec table coat-dorl --format latex --metric rTra,rEach > table.tex',
    'offrec table coat-dorl --aggregation final --spread sem --published',
  ]);
}
