import type { DatasetManifest } from '#contract/dataset.ts';
import type { ExperimentFile } from '#contract/experiment.ts';
import type { CheckedLog, InspectedLog } from '#contract/log-file.ts';
import type { VerifiedDataset } from '#contract/routes/datasets.ts';
import type { WorldPreview, WorldSettings } from '#contract/world.ts';
import type { JobOptions } from './jobs.ts';

/** What to import. `options` go to the importer of that kind, which checks them. */
export interface ImportRequest {
  readonly kind: 'coat' | 'log' | 'synthetic';
  readonly name: string;
  /** Folder (coat) or file (log) to read; absent for the synthetic world. */
  readonly source?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Replace a dataset of this name. Without it an existing name is OffrecError `already-exists`. */
  readonly replace?: boolean;
}

/** One reference policy's score under a protocol. */
export interface ReferenceScore {
  readonly policy: string;
  readonly rTra: number;
  readonly rEach: number;
  readonly length: number;
  /** Further measures (coverage, mcd, standard errors), by name. */
  readonly [measure: string]: string | number;
}

export interface ReferenceOptions extends JobOptions {
  /** Episodes of each policy; default: the protocol's `finalEpisodes`. */
  readonly episodes?: number;
  readonly seed?: number;
}

export interface KeptReferenceScores {
  readonly protocolHash: string;
  readonly episodes: number;
  readonly seed: number;
  readonly scores: ReferenceScore[];
}

export interface Datasets {
  /** All datasets, by name. A folder that cannot be read is listed in `broken`. */
  list(): { datasets: DatasetManifest[]; broken: { name: string; message: string }[] };
  /** Throws `not-found` or `corrupt-file`. */
  show(name: string): DatasetManifest;
  /** Folder of the dataset's files. */
  folder(name: string): string;
  import(request: ImportRequest, options?: JobOptions): Promise<DatasetManifest>;
  /** What the generic importer makes of a file from its first rows. `given` is what is known of it already. */
  guessMapping(
    file: string,
    given: Readonly<Record<string, unknown>>,
    options?: JobOptions,
  ): Promise<InspectedLog>;
  /** Reads a file as an import with these options would, and tells what it finds. */
  checkLog(
    file: string,
    given: Readonly<Record<string, unknown>>,
    options?: JobOptions,
  ): Promise<CheckedLog>;
  /** Reads every file again and compares it with the manifest. */
  verify(name: string, options?: JobOptions): Promise<VerifiedDataset>;
  /** Scores of the reference policies that are kept, newest first. */
  keptScores(name: string): KeptReferenceScores[];
  /** Named synthetic worlds with all their settings. */
  worlds(): { name: string; settings: WorldSettings }[];
  /** A small sample of a world. Throws `invalid-input` naming the field. */
  previewWorld(settings: Readonly<Record<string, unknown>>): WorldPreview;
  statistics(name: string, options?: JobOptions): Promise<Readonly<Record<string, unknown>>>;
  /** Removes the folder. Throws `busy` while a run that is not ended needs it, unless `force`. */
  remove(name: string, options?: { force?: boolean }): Promise<void>;
  /** Scores of the reference policies, computed once for a dataset's content and a protocol, then kept. */
  reference(
    name: string,
    protocol: ExperimentFile['protocol'],
    options?: ReferenceOptions,
  ): Promise<ReferenceScore[]>;
}
