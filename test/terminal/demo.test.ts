import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastLine, offrec, temporaryFolder } from './offrec.ts';
import type { RunAnswer } from './workplace.ts';

describe('the demo', () => {
  it('trains, compares and says where the checkpoints lie; called again it uses what is there', async () => {
    using folder = temporaryFolder();
    const first = await offrec(['--home', folder.path, 'demo', '--json']);
    expect(first, first.stderr).toMatchObject({ status: 0 });
    const { runs } = lastLine(first) as RunAnswer;
    expect(runs.map(({ method, seed, status }) => `${method} ${seed} ${status}`)).toEqual([
      'dorl 0 done',
      'mbpo 0 done',
      'dorl 1 done',
      'mbpo 1 done',
    ]);

    const second = await offrec(['--home', folder.path, 'demo']);
    expect(second, second.stderr).toMatchObject({ status: 0 });
    expect(second.stderr).toContain('4 runs, 4 there before.');
    for (const row of ['DORL', 'MBPO', '*Random* (reference)', '*Oracle* (reference)']) {
      expect(second.stdout).toContain(`\n| ${row} `);
    }
    const folders = [...second.stderr.matchAll(/^Checkpoint of .*: (.*)$/gm)].map(
      ([, path]) => path,
    );
    expect(folders).toHaveLength(4);
    for (const path of folders)
      expect(existsSync(join(String(path), 'weights.safetensors'))).toBe(true);
    expect(folders[0]).toContain(join(folder.path, 'demo', 'runs'));
  }, 300_000);
});
