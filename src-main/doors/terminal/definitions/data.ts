import { Option, type Command } from 'commander';
import { aggregationSchema } from '#contract/protocol.ts';
import { significanceSchema, spreadSchema } from '#contract/table-recipe.ts';
import { handledBy } from '../handled-by.ts';
import { commaList, each, examples, level, wholeNumber } from './values.ts';

const loadImport = () => import('../commands/import.ts');
const loadDatasets = () => import('../commands/datasets.ts');

/** `datasets`, `reference` and `table`. */
export function defineData(program: Command): void {
  const datasets = program
    .command('datasets')
    .helpCommand(false)
    .description('import, list, show and delete datasets');
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
    "offrec datasets import log shop.csv --set decimal=comma --set timeFormat='%d.%m.%Y %H:%M' --name shop",
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
      ).choices(['markdown', 'csv', 'latex', 'json', 'xlsx']),
    )
    .option('--metric <name>', 'show this metric; several separated by commas', commaList)
    .addOption(
      new Option(
        '--aggregation <name>',
        'how the evaluations of a run become one number (default: all-epochs; json and csv: all three)',
      ).choices(aggregationSchema.options),
    )
    .option('--digits <n>', 'digits after the point (default: by metric)', wholeNumber(0, 12))
    .option('--output <file>', 'write it into a file')
    .option('--published', 'with published figures for the same data')
    .option('--no-references', 'without reference policies')
    .option('--unfinished', 'also values of runs that have not ended')
    .action(handledBy(async () => (await import('../commands/table.ts')).showTable));
  defineTableForm(table);
  examples(table, [
    'offrec table coat-dorl',
    'offrec table coat-dorl --baseline MBPO --test welch --format latex',
    'offrec table coat-dorl --layout dataset,method/metric --format xlsx --output table.xlsx',
    'offrec table coat-dorl --format latex --metric rTra,rEach > table.tex',
    'offrec table coat-dorl --aggregation final --spread sem --published',
  ]);
}

/** How a table is arranged and what is marked in it. */
function defineTableForm(table: Command): void {
  table
    .option(
      '--layout <rows/columns>',
      'what stands in rows and columns, outermost first (default: method/dataset,metric)',
    )
    .option(
      '--dataset <name>',
      'only this dataset; several separated by commas, in order',
      commaList,
    )
    .option('--method <label>', 'only this row; may be given several times, in order', each)
    .addOption(
      new Option('--spread <kind>', 'what stands beside the mean')
        .choices(spreadSchema.options)
        .default('std'),
    )
    .option('--no-second', 'do not underline the second of each column')
    .option(
      '--baseline <label>',
      "mark what differs from this row significantly; 'best': from the best",
    )
    .addOption(
      new Option('--test <name>', 'the test behind the marks')
        .choices(significanceSchema.shape.test.options)
        .default('welch'),
    )
    .option('--alpha <level>', 'level of the test', level, 0.05)
    .option('--no-holm', "without Holm's correction over all comparisons of the table");
}
