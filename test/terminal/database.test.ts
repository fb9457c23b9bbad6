import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine } from './offrec.ts';
import { Workplace } from './workplace.ts';

const workplace = new Workplace();
const database = (...words: readonly string[]) => workplace.offrec('database', ...words, '--json');
const file = join(workplace.home, 'offrec.sqlite');

beforeAll(async () => {
  await workplace.prepare();
  await workplace.offrec('run', workplace.experimentFile('kept', 1, '[0]'), '--no-references');
});
afterAll(() => workplace.dispose());

const runsNow = async (): Promise<number> =>
  (lastLine(await workplace.offrec('runs', 'list', '--json')) as unknown[]).length;

describe('offrec database', () => {
  it('checks, backs up on demand, and goes back to a backup with what was there kept', async () => {
    expect(lastLine(await database('check'))).toMatchObject({ file, problems: [] });
    const backup = lastLine(await database('backup')) as { name: string };
    expect(lastLine(await database('backups'))).toContainEqual(
      expect.objectContaining({ name: backup.name, kind: 'asked', bytes: expect.any(Number) }),
    );
    const more = workplace.experimentFile('later', 1, '[0]');
    await workplace.offrec('run', more, '--no-references');
    expect(await runsNow()).toBe(4);

    const restored = await database('restore', backup.name);
    expect(restored.stderr).toContain(`The backup ${backup.name} has taken the store's place`);
    expect(lastLine(restored)).toMatchObject({ restored: true, waiting: null, runs: 2 });
    expect(await runsNow()).toBe(2);
    const aside = readdirSync(workplace.home).filter((name) => name.includes('.before-restore-'));
    expect(aside.length).toBeGreaterThan(0);
  });

  it('knows no backup by a wrong name', async () => {
    const ended = await database('restore', 'nothing.sqlite');
    expect(ended.status).toBe(3);
    expect(lastLine(ended)).toMatchObject({ error: { code: 'not-found' } });
  });

  it('tells of damage with the way out, which works', async () => {
    writeFileSync(file, 'no database at all');
    const damaged = await workplace.offrec('runs', 'list', '--json');
    expect(damaged.status).toBe(5);
    expect(lastLine(damaged)).toMatchObject({
      error: { code: 'corrupt-file', hint: expect.stringContaining('offrec database restore') },
    });
    expect((lastLine(await database('backups')) as unknown[]).length).toBeGreaterThan(0);
    expect(lastLine(await database('restore'))).toMatchObject({ restored: true });
    expect(await runsNow()).toBe(2);
  });
});
