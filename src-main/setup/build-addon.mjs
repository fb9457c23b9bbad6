#!/usr/bin/env node
/** For developers: compiles the addon that comes with the project; resources/addon/README.md says when. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { addonSource, compileAddon, prebuiltFolder, proveAddon } from './addon.mjs';
import { runChild } from './children.mjs';
import {
  addonInFolder,
  fingerprint,
  linkLibraries,
  readManifest,
  withStaging,
} from './library-folder.mjs';
import { prepareNativeLibrary } from './native-library.mjs';

const prepared = await prepareNativeLibrary();
if (prepared.status === 'missing') throw new Error(`${prepared.what} ${prepared.how}`);
const folder = dirname(prepared.library.libraryFolder);
const manifest = readManifest(folder);
if (manifest === null) throw new Error(`${folder} has no manifest.`);

await withStaging(async (staging) => {
  const content = join(staging, 'content');
  await mkdir(content);
  if ((await linkLibraries(folder, manifest, content)) === null) {
    throw new Error(`${folder} is on a file system without links.`);
  }
  const target = join(content, addonInFolder);
  await compileAddon({ libraryFolder: dirname(target), target });
  const proof = await proveAddon(target);
  if ('error' in proof) throw new Error(`The compiled addon does not work: ${proof.error}`);

  await mkdir(prebuiltFolder, { recursive: true });
  await copyFile(target, join(prebuiltFolder, basename(target)));
  const compiler = await runChild(process.env.CXX || 'g++', ['--version']);
  const record = {
    source: (await fingerprint(addonSource)).sha256,
    addon: (await fingerprint(target)).sha256,
    binding: '@tensorflow/tfjs-node-gpu 4.22.0',
    tensorflow: proof.version,
    compiler: compiler.stdout.split('\n')[0],
  };
  await writeFile(join(prebuiltFolder, 'build.json'), `${JSON.stringify(record, null, 2)}\n`);
  console.log(`Wrote ${prebuiltFolder}`);
});
