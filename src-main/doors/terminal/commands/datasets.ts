import type { CategoricalFeature, DatasetManifest } from '#contract/dataset.ts';
import { withClient } from '../client.ts';
import { alignColumns, alignFields } from '../columns.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { formatBytes, formatCount } from '../text.ts';
import { runJob } from './job.ts';

/** `offrec datasets list`. */
export function listDatasets(terminal: Terminal): Promise<void> {
  return withClient(terminal, async (client) => {
    const { datasets, broken } = await client.datasets.list();
    for (const { name, message } of broken) terminal.say(`Cannot be read: ${name}: ${message}`);
    const rows = datasets.map((dataset) => [
      dataset.name,
      dataset.kind,
      ...[dataset.users, dataset.items, dataset.interactions].map(formatCount),
      dataset.groundTruth,
      String(dataset.warnings.length),
    ]);
    const header = ['name', 'kind', 'users', 'items', 'interactions', 'ground truth', 'warnings'];
    terminal.answer([...datasets, ...broken.map((one) => ({ ...one, broken: true }))], () =>
      rows.length === 0 ? 'No datasets.' : alignColumns(header, rows),
    );
  });
}

/** `offrec datasets show NAME`. */
export function showDataset(
  terminal: Terminal,
  options: GlobalOptions & { readonly statistics?: boolean },
  name: string,
): Promise<void> {
  return withClient(terminal, async (client) => {
    const manifest = await client.datasets.show({ name });
    const statistics = options.statistics
      ? await runJob(terminal, client, name, () => client.datasets.statistics({ name }))
      : undefined;
    const answer = { ...manifest, ...(statistics === undefined ? {} : { statistics }) };
    const more = statistics === undefined ? '' : `\n\n${JSON.stringify(statistics, null, 2)}`;
    terminal.answer(answer, () => manifestText(manifest) + more);
  });
}

/** What the manifest says, for reading. */
export function manifestText(manifest: DatasetManifest & { folder: string }): string {
  const { reward, warnings, folder } = manifest;
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  const fields = alignFields([
    ['name', manifest.name],
    ['kind', manifest.kind],
    ['users', formatCount(manifest.users)],
    ['items', formatCount(manifest.items)],
    [
      'interactions',
      `${formatCount(manifest.interactions)} (density ${manifest.density.toPrecision(3)})`,
    ],
    ['held out', formatCount(manifest.testInteractions)],
    ['reward', `${reward.min} to ${reward.max}, mean ${reward.mean.toPrecision(4)}`],
    ['ground truth', manifest.groundTruth],
    ['propensities', manifest.hasPropensities ? 'known' : 'unknown'],
    ['user features', featureText(manifest.userFeatures)],
    ['item features', featureText(manifest.itemFeatures)],
    ['licence', manifest.licence],
    ['checksum', manifest.checksum],
    ['folder', `${folder} (${formatBytes(bytes)})`],
  ]);
  const lines = warnings.map((warning) => {
    const amount = warning.count === undefined ? '' : ` (${formatCount(warning.count)})`;
    return `warning: ${warning.message}${amount}${(warning.examples ?? []).map((one) => `\n    ${one}`).join('')}`;
  });
  return [fields, ...lines].join('\n');
}

const featureText = (features: readonly CategoricalFeature[]): string =>
  features.length === 0 ? '–' : features.map(({ name, size }) => `${name} (${size})`).join(', ');

/** `offrec datasets remove NAME`. */
export function removeDataset(
  terminal: Terminal,
  options: GlobalOptions & { readonly force?: boolean },
  name: string,
): Promise<void> {
  return withClient(terminal, async (client) => {
    await client.datasets.remove({ name, force: options.force ?? false });
    terminal.answer({ removed: name }, () => `Removed ${name}.`);
  });
}
