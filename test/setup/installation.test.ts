import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readManifest } from '#setup/library-folder.mjs';
import { findNativeLibrary } from '#setup/native-library.mjs';
import { createSandbox, hasProgram, type Sandbox } from './sandbox.ts';

// The library that this machine has prepared, linked into the cache of a sandbox under the name of another
// version of Offrec, spares these tests the download; everything after it is as on a new machine.
const prepared = process.env['OFFREC_NATIVE_ADDON'] ? null : findNativeLibrary();
const whyNot = 'TensorFlow is not prepared on this machine';

const prebuilt = join('resources', 'addon', 'linux-x64', 'tfjs_binding.node');
const addonFile = join('tensorflow', 'tfjs_binding.node');
// Each of these tests loads a library of 800 MB at least once, and one compiles.
vi.setConfig({ testTimeout: 240_000 });

const otherVersion = 'tensorflow-2.21.0-cpu-000000000000';

/** What this machine has prepared, put into the sandbox's cache: the addon copied, everything else linked. */
const putPrepared = (home: string): string => {
  const from = dirname(prepared?.libraryFolder ?? '');
  const folder = join(sandbox.cache, 'native', home);
  for (const name of ['manifest.json', ...Object.keys(readManifest(from)?.files ?? {})]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (name === addonFile) copyFileSync(join(from, name), join(folder, name));
    else linkSync(join(from, name), join(folder, name));
  }
  return folder;
};

let sandbox: Sandbox;
beforeEach((context) => {
  context.skip(prepared === null, whyNot);
  sandbox = createSandbox({ cacheBeside: true });
  putPrepared(otherVersion);
  return () => sandbox.remove();
});

const homes = (): string[] =>
  readdirSync(join(sandbox.cache, 'native')).filter((name) => name !== otherVersion);
const prepare = (env: Readonly<Record<string, string>> = {}) =>
  sandbox.start('prepare.mjs', { env });
const manifestOf = (home: string | undefined) =>
  readManifest(join(sandbox.cache, 'native', home ?? ''));
const breakPrebuilt = (): void => writeFileSync(join(sandbox.folder, prebuilt), 'not a library');

it('prepares once, shares the libraries of another version, and names the folder by the addon', async () => {
  expect((await prepare().ended).stderr).toContain('TensorFlow 2.21.0 is ready in ');
  const [home = ''] = homes();
  expect(manifestOf(home)).toMatchObject({ tensorflow: '2.21.0', cuda: false, addon: 'prebuilt' });
  expect(await prepare().ended).toMatchObject({ code: 0, stderr: '' });
  expect(homes()).toEqual([home]);

  const inode = (folder: string): number =>
    statSync(join(sandbox.cache, 'native', folder, 'tensorflow', 'libtensorflow_cc.so.2')).ino;
  expect(inode(home)).toBe(inode(otherVersion));

  const source = join(sandbox.folder, 'resources', 'addon', 'offrec_addon.cc');
  writeFileSync(source, `${readFileSync(source, 'utf8')}\n// changed\n`);
  await prepare().ended;
  expect(homes()).toHaveLength(2);
  expect(homes()).toContain(home);
});

it('survives three installers at once', async () => {
  const ended = await Promise.all([prepare().ended, prepare().ended, prepare().ended]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ended.filter(({ stderr }) => stderr.includes('is ready in'))).toHaveLength(1);
  expect(homes()).toHaveLength(1);
  expect(manifestOf(homes()[0])).not.toBeNull();
});

it('takes over when the installer that it waits for is killed', async () => {
  const first = prepare();
  await first.printed('Trying it out');
  first.child.kill('SIGSTOP');
  const second = prepare();
  await second.printed('Waiting for another Offrec');
  first.child.kill('SIGKILL');
  expect((await second.ended).stderr).toContain('is ready in');
  expect(homes()).toHaveLength(1);
});

describe('a damaged library', () => {
  it('is made again when a file is missing', async () => {
    const home = putPrepared(basename(dirname(prepared?.libraryFolder ?? '')));
    rmSync(join(home, addonFile));
    expect(readManifest(home)).toBeNull();
    expect((await prepare().ended).stderr).toContain('is ready in');
    expect(readManifest(home)).not.toBeNull();
  });

  it('is found by its checksums and made again when asked to verify', async () => {
    const home = putPrepared(basename(dirname(prepared?.libraryFolder ?? '')));
    const addon = join(home, addonFile);
    const whole = readFileSync(addon);
    const flipped = Buffer.from(whole);
    flipped[5000] = (flipped[5000] ?? 0) ^ 1;
    writeFileSync(addon, flipped);
    writeFileSync(
      join(sandbox.folder, 'src-main', 'setup', 'verify.mjs'),
      `import { prepareNativeLibrary } from './native-library.mjs';
       const { installed } = await prepareNativeLibrary({ verify: true });
       console.log(installed);`,
    );
    expect((await sandbox.start('verify.mjs').ended).stdout.trim()).toBe('true');
    expect(readFileSync(addon).equals(whole)).toBe(true);
    expect((await sandbox.start('verify.mjs').ended).stdout.trim()).toBe('false');
  });
});

describe('an addon that does not load here', () => {
  it('is compiled instead', async (context) => {
    context.skip(!hasProgram('g++'), 'no g++ on this machine');
    breakPrebuilt();
    const { stderr } = await prepare({ PATH: process.env['PATH'] ?? '' }).ended;
    expect(stderr).toMatch(/Compiling the addon.*is ready in/s);
    expect(manifestOf(homes()[0])).toMatchObject({ addon: 'compiled' });
  });

  it('is named, with the way to a compiler, where there is none', async () => {
    breakPrebuilt();
    const { code, stderr } = await prepare().ended;
    expect(stderr).toMatch(
      /portable backend is used\. .*g\+\+.* missing\. .*apt-get install g\+\+/,
    );
    expect(code).toBe(0);
    expect(homes()).toEqual([]);
  });

  it('is named when the compiler fails', async () => {
    breakPrebuilt();
    sandbox.addProgram('g++', ['echo "a.cc:1: fatal error: it broke" >&2', 'exit 1']);
    const { stderr } = await prepare().ended;
    expect(stderr).toMatch(/compiling it failed: a\.cc:1: fatal error: it broke\. .*C\+\+17/);
  });
});
