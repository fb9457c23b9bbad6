import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStreams } from '#engine/compute/random.ts';
import { coatLookalike, realData, writeCoat, writeText } from '../../data/helpers.ts';

export interface CoatSource {
  /** For the names of tests. */
  readonly title: string;
  readonly folder: string;
  readonly groundTruth: string;
  dispose(): void;
}

const realFolder = realData('coat');
const realTruth = realData('sofa_coat/coat_pseudoGT_ratingM.ascii');
export const coatTitle =
  realFolder !== null && realTruth !== null ? 'Coat as published' : 'files in the shape of Coat';

/** The published files where they are at hand, random ones in their shape elsewhere. */
export async function coatSource(): Promise<CoatSource> {
  if (realFolder !== null && realTruth !== null && existsSync(realTruth)) {
    return { title: coatTitle, folder: realFolder, groundTruth: realTruth, dispose: () => {} };
  }
  const scratch = mkdtempSync(join(tmpdir(), 'offrec-coat-'));
  const stream = new RandomStreams(2).stream('ground-truth');
  const truth = Array.from({ length: 290 }, () =>
    Array.from({ length: 300 }, () => 1 + stream.integer(5)).join(' '),
  );
  return {
    title: coatTitle,
    folder: await writeCoat(join(scratch, 'coat'), coatLookalike()),
    groundTruth: await writeText(join(scratch, 'ratings.ascii'), `${truth.join('\n')}\n`),
    dispose: () => rmSync(scratch, { recursive: true, force: true }),
  };
}
