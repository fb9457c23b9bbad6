import { RandomStreams } from '#engine/compute/random.ts';
import type { DatasetManifest, DatasetWarning } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { checkName } from './files.ts';
import { throwIfAborted, type ImportControl, type ImportTarget } from './progress.ts';
import { drawLog } from './synthetic-exposure.ts';
import {
  parseSyntheticOptions,
  syntheticPresets,
  type SyntheticInput,
  type SyntheticPreset,
} from './synthetic-options.ts';
import { drawTruth } from './synthetic-truth.ts';
import { writeDataset } from './write-dataset.ts';

/** Settings of the world beside what every import takes; those not given come from the preset. */
export interface SyntheticWorldOptions extends ImportControl, ImportTarget, SyntheticInput {
  readonly preset?: SyntheticPreset | undefined;
}

/**
 * Makes a world whose true rewards are known, and the log of a biased recommender in it. The same
 * settings give the same bytes.
 *
 * @throws OffrecError `invalid-input`, `already-exists`, `cancelled`.
 */
export async function makeSyntheticWorld(options: SyntheticWorldOptions): Promise<DatasetManifest> {
  const { name, into, replace, preset, onProgress, signal, ...given } = options;
  checkName(name);
  const settings = parseSyntheticOptions({ ...presetOptions(preset), ...given });
  const report = (done: number, stage: string): void => {
    throwIfAborted(signal);
    onProgress?.({ done, total: 2, unit: 'parts', stage });
  };
  report(0, 'draw rewards');
  const streams = new RandomStreams(settings.seed);
  const truth = drawTruth(settings, streams);
  report(1, 'draw log');
  const log = drawLog(settings, truth, streams);
  report(2, 'draw log');
  if (log.train.users.length === 0) {
    throw new OffrecError(
      'invalid-input',
      'The settings give a world without a single interaction.',
      {
        hint: 'Raise interactionsPerUser.',
      },
    );
  }
  const { users, items } = settings;
  const content = {
    users,
    items,
    ...log,
    userFeatures: [],
    itemFeatures: [truth.categories],
    groundTruth: { users, items, rewardsUI: truth.rewardsUI },
  };
  const description = {
    kind: 'synthetic' as const,
    groundTruth: 'synthetic' as const,
    categoryFeature: truth.categories.name,
    source: { importer: 'synthetic', ...settings },
    licence: 'generated; free of rights',
    citation: null,
    warnings: emptyUserWarnings(users, log.train.users),
  };
  return writeDataset({ name, into, replace }, content, description, { onProgress, signal });
}

function emptyUserWarnings(users: number, rows: Int32Array): DatasetWarning[] {
  const count = users - new Set(rows).size;
  if (count === 0) return [];
  return [{ code: 'users-without-rows', message: `${count} users have no training rows.`, count }];
}

function presetOptions(preset: string | undefined): SyntheticInput {
  if (preset === undefined) return {};
  if (Object.hasOwn(syntheticPresets, preset)) return syntheticPresets[preset as SyntheticPreset];
  throw new OffrecError('invalid-input', `There is no synthetic world ${preset}.`, {
    where: 'preset',
    hint: `Known worlds: ${Object.keys(syntheticPresets).join(', ')}.`,
  });
}
