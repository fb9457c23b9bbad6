import type { DatasetManifest } from '#contract/dataset.ts';

/** How the kinds of ground truth are called. */
export const groundTruthTitles: Readonly<Record<DatasetManifest['groundTruth'], string>> = {
  supplied: 'supplied',
  rebuilt: 'rebuilt from the log',
  synthetic: 'known',
  none: 'none',
};

/** Where a dataset is from, as its import noted it: plain values by name, long ones and nested ones left out. */
export function sourceText(source: DatasetManifest['source']): string {
  return Object.entries(source)
    .filter(
      ([name, value]) =>
        ['string', 'number', 'boolean'].includes(typeof value) && name !== 'sha256',
    )
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
