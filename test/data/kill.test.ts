import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listDatasets } from '#engine/data/catalogue.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { makeSyntheticWorld } from '#engine/data/synthetic-world.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { namesIn, temporaryFolder, writeText } from './helpers.ts';

const importer = fileURLToPath(
  new URL('../../src-main/engine/data/import-log.ts', import.meta.url),
);
const small = { users: 10, items: 8, interactionsPerUser: 4, testInteractionsPerUser: 0 };

/** Imports a file in a process of its own, which prints `started` and in the end the error's code or `done`. */
function importElsewhere(file: string, into: string, prefix = ''): ChildProcess {
  const script = `
    import { importLog } from ${JSON.stringify(importer)};
    process.on('SIGXFSZ', () => {});
    console.log('started');
    await importLog({ file: ${JSON.stringify(file)}, name: 'log', into: ${JSON.stringify(into)}, replace: true })
      .then(() => console.log('done'), (error) => console.log(error.code));`;
  const command = `${prefix} exec "$0" --input-type=module -e "$1"`;
  return spawn('bash', ['-c', command, process.execPath, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function printed(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}

function csv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, k) => `${k % 5003},${k % 977},${k % 5},${k}`);
  return `user,item,reward,time\n${lines.join('\n')}\n`;
}

describe('an import that dies', () => {
  it('leaves the old dataset or the new one, never half of one', { timeout: 180_000 }, async () => {
    const root = await temporaryFolder();
    const into = join(root, 'sets');
    const file = await writeText(join(root, 'log.csv'), csv(60_000));
    const stream = new RandomStreams(3).stream('kill');
    for (let round = 0; round < 6; round += 1) {
      await rm(into, { recursive: true, force: true });
      const older = await makeSyntheticWorld({ name: 'log', into, ...small });
      const child = importElsewhere(file, into);
      const closed = once(child, 'close');
      child.stdout!.resume();
      await once(child.stdout!, 'data');
      await new Promise((resolve) => setTimeout(resolve, stream.integer(900)));
      child.kill('SIGKILL');
      await closed;
      await makeSyntheticWorld({ name: 'next', into, ...small });
      expect((await namesIn(into)).sort()).toEqual(['log', 'next']);
      const listed = await listDatasets(into);
      expect(listed.map(({ error }) => error)).toEqual([null, null]);
      const { manifest } = await openDataset(join(into, 'log'), { verify: true });
      if (manifest.kind === 'synthetic') expect(manifest).toEqual(older);
      else expect(manifest.interactions).toBe(60_000);
    }
  });

  it('of a full disk says so and keeps the old dataset', { timeout: 60_000 }, async () => {
    const root = await temporaryFolder();
    const into = join(root, 'sets');
    const older = await makeSyntheticWorld({ name: 'log', into, ...small });
    const file = await writeText(join(root, 'log.csv'), csv(200_000));
    const output = await printed(importElsewhere(file, into, 'ulimit -f 64;'));
    expect(output).toBe('started\ndisk-full\n');
    expect(await namesIn(into)).toEqual(['log']);
    expect((await openDataset(join(into, 'log'), { verify: true })).manifest).toEqual(older);
  });
});
