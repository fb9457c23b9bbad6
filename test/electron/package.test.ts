import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, describe, expect, it } from 'vitest';
import { applicationNode, packageFolder, projectFolder } from '#setup/locations.mjs';
import { eventually } from '../runs/support/homes.ts';
import { electronProgram, electronVersion, whyNoElectron } from './support/launch.ts';

const folder = mkdtempSync(join(tmpdir(), 'offrec-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

// Copies some hundred megabytes, so it is asked for: OFFREC_TEST_PACKAGE=1.
const isAskedFor = process.env['OFFREC_TEST_PACKAGE'] === '1' && whyNoElectron === null;

describe.skipIf(!isAskedFor)('the unpacked Linux directory (OFFREC_TEST_PACKAGE=1)', () => {
  const program = join(folder, 'linux-unpacked', 'offrec');

  it('is made from a given Electron, with its fuses set', { timeout: 600_000 }, async () => {
    const builder = join(packageFolder('electron-builder') ?? '', 'cli.js');
    execFileSync(
      applicationNode() ?? '',
      [
        builder,
        ...['--config', '.electron-builder.yml', '--linux', 'dir', '--publish', 'never'],
        `-c.electronDist=${dirname(electronProgram ?? '')}`,
        `-c.electronVersion=${electronVersion}`,
        `-c.directories.output=${folder}`,
      ],
      { cwd: projectFolder, stdio: 'ignore' },
    );
    const fuses = await getCurrentFuseWire(program);
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    for (const fuse of off) expect(fuses[fuse], FuseV1Options[fuse]).toBe(FuseState.DISABLE);
    for (const fuse of on) expect(fuses[fuse], FuseV1Options[fuse]).toBe(FuseState.ENABLE);
  });

  it('starts', async () => {
    const home = join(folder, 'home');
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    // The inspector of Node is off for good; that of Chromium shows which page is open.
    const args = [...root, '--disable-gpu', '--remote-debugging-port=0', '--home', home];
    const child = spawn(program, args, { stdio: 'ignore' });
    try {
      const portFile = join(home, 'window', 'DevToolsActivePort');
      await eventually(() => existsSync(portFile), 'a window');
      const [port] = readFileSync(portFile, 'utf8').split('\n');
      const pages = async () => (await fetch(`http://127.0.0.1:${String(port)}/json/list`)).text();
      await expect.poll(pages, { timeout: 20_000 }).toContain('app://offrec/index.html#/');
      expect(child.exitCode).toBeNull();
    } finally {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
  });
});
