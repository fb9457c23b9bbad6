import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromRouterError } from '#contract/router-error.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import { builtPage, connectClient, serveCore } from '../support/served.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'offrec-browse-'));
  mkdirSync(join(root, 'open', 'logs'), { recursive: true });
  mkdirSync(join(root, 'closed'));
  writeFileSync(join(root, 'open', 'b.csv'), 'x'.repeat(42));
  writeFileSync(join(root, 'open', 'a10.csv'), '');
  writeFileSync(join(root, 'open', 'a9.csv'), '');
  writeFileSync(join(root, 'open', '.hidden.csv'), '');
  writeFileSync(join(root, 'closed', 'secret.csv'), '');
  symlinkSync(join(root, 'closed'), join(root, 'open', 'way-out'));
  symlinkSync(join(root, 'open', 'logs'), join(root, 'open', 'inside'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const clientFor = async (browse: string[]) =>
  connectClient(await serveCore(temporaryHome(), builtPage(), (core) => core, { browse }));

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => fromRouterError(error),
  );

describe('looking through the machine’s folders', () => {
  it('tells names, kinds and sizes; folders first, numbers in order, hidden ones when asked', async () => {
    const client = await clientFor([join(root, 'open')]);
    const listed = await client.files.list({});
    expect(listed.parent).toBe(null);
    expect(listed.entries.map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
      ['inside', 'folder', 0],
      ['logs', 'folder', 0],
      ['a9.csv', 'file', 0],
      ['a10.csv', 'file', 0],
      ['b.csv', 'file', 42],
    ]);
    const all = await client.files.list({ hidden: true });
    expect(all.entries.map(({ name }) => name)).toContain('.hidden.csv');
    const inner = await client.files.list({ folder: join(root, 'open', 'logs') });
    expect(inner.parent).toBe(listed.folder);
  });

  it.each(['closed', '.', 'open/..', 'open/way-out', 'open/logs/../../closed'])(
    'is refused outside of what may be seen: %s',
    async (path) => {
      const client = await clientFor([join(root, 'open')]);
      // Written as an attacker would: nothing of the path is tidied up before.
      const error = await refusal(client.files.list({ folder: `${root}/${path}` }));
      expect(error.code).toBe('read-only');
    },
  );

  it('says what is wrong with a path that is none', async () => {
    const client = await clientFor([join(root, 'open')]);
    const list = (folder: string) => refusal(client.files.list({ folder }));
    expect((await list(join(root, 'open', 'nothing'))).code).toBe('not-found');
    expect((await list(join(root, 'open', 'b.csv'))).code).toBe('invalid-input');
    expect((await list('open')).code).toBe('read-only');
  });

  it('begins at a choice where there are several folders, and is off where there is none', async () => {
    const both = await clientFor([join(root, 'open'), join(root, 'closed')]);
    expect((await both.files.list({})).entries).toHaveLength(2);
    const none = await clientFor([]);
    expect((await refusal(none.files.list({}))).code).toBe('read-only');
    expect((await refusal(none.files.list({ folder: root }))).code).toBe('read-only');
  });
});
