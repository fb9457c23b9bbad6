import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '#engine/compute/random.ts';
import { importLog } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { temporaryFolder } from './helpers.ts';

/** A log of every pair of 30 users and 20 items whose rewards are `reward(user, item)` plus noise. */
function writeLog(file: string, reward: (user: number, item: number) => number): void {
  const noise = new RandomStreams(0).stream('noise');
  const lines = ['user,item,reward'];
  for (let user = 0; user < 30; user++) {
    for (let item = 0; item < 20; item++) {
      lines.push(`${user},${item},${reward(user, item) + 0.1 * noise.normal()}`);
    }
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

describe('a rebuilt ground truth', () => {
  it('finds the structure of the rewards, within their range, and says what it is', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'log.csv');
    const truth = (user: number, item: number) => 3 + Math.sin(user) + Math.cos(item * 2);
    writeLog(file, truth);
    const test = { kind: 'random', fraction: 0.5, seed: 1 } as const;
    const manifest = await importLog({
      file,
      name: 'log',
      into: folder,
      test,
      groundTruth: 'rebuild',
    });
    expect(manifest.groundTruth).toBe('rebuilt');
    expect(manifest.warnings.map((warning) => warning.code)).toContain('ground-truth-rebuilt');
    const { groundTruth, users, items } = await openDataset(join(folder, 'log'), { verify: true });
    expect([groundTruth!.users, groundTruth!.items]).toEqual([users, items]);
    let squared = 0;
    for (let user = 0; user < users; user++) {
      for (let item = 0; item < items; item++) {
        squared += (groundTruth!.rewardsUI[user * items + item]! - truth(user, item)) ** 2;
      }
    }
    expect(Math.sqrt(squared / (users * items))).toBeLessThan(0.25);
  });

  it('of ratings has ratings, of clicks has probabilities', async () => {
    const values = async (name: string, reward: (user: number, item: number) => number) => {
      const folder = await temporaryFolder();
      const file = join(folder, 'log.csv');
      const lines = ['user,item,reward'];
      for (let user = 0; user < 12; user++) {
        for (let item = 0; item < 10; item++) lines.push(`${user},${item},${reward(user, item)}`);
      }
      writeFileSync(file, `${lines.join('\n')}\n`);
      await importLog({ file, name, into: folder, groundTruth: 'rebuild' });
      return [...(await openDataset(join(folder, name))).groundTruth!.rewardsUI];
    };
    const ratings = await values('ratings', (user, item) => 1 + ((user * 3 + item) % 5));
    expect(ratings.every((value) => Number.isInteger(value) && value >= 1 && value <= 5)).toBe(
      true,
    );
    const clicks = await values('clicks', (user, item) => ((user * 7 + item) % 3 === 0 ? 1 : 0));
    expect(clicks.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(clicks.some((value) => value > 0 && value < 1)).toBe(true);
  });
});
