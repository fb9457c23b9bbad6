import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder, nodeMajor, projectFolder } from '#setup/locations.mjs';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A copy of the set-up programs in a project of their own, with a cache of their own. */
export interface Sandbox {
  readonly folder: string;
  readonly cache: string;
  /** A folder of fake programs, alone on the PATH unless `path` says otherwise. */
  readonly programs: string;
  addProgram(name: string, lines: readonly string[]): void;
  /** Starts a file of src-main/setup. */
  start(script: string, options?: StartOptions): Started;
  /** Runs a command in a shell that stays beside it. */
  startShell(command: string, env?: Readonly<Record<string, string>>): Started;
  remove(): void;
}

export interface StartOptions {
  node?: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has been printed, to either stream. */
  printed(text: string): Promise<void>;
}

/**
 * `cacheBeside` puts the cache on the file system of the user's own, so that prepared libraries can be linked
 * into it.
 */
export function createSandbox({ cacheBeside = false } = {}): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-setup-'));
  if (cacheBeside) mkdirSync(cacheFolder(), { recursive: true });
  const cache = mkdtempSync(join(cacheBeside ? cacheFolder() : folder, 'cache-of-a-test-'));
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const part of ['src-main/setup', 'resources/addon']) {
    cpSync(join(projectFolder, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  const environment = { HOME: folder, PATH: programs, OFFREC_CACHE: cache };
  return {
    folder,
    cache,
    programs,
    addProgram: (name, lines) => {
      writeFileSync(join(programs, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    },
    start: (script, options = {}) => {
      const args = [join(folder, 'src-main', 'setup', script), ...(options.args ?? [])];
      const env = { ...environment, ...options.env };
      return watch(spawn(options.node ?? process.execPath, args, { cwd: folder, env }));
    },
    startShell: (command, env = {}) => {
      const options = { cwd: folder, env: { ...environment, ...env } };
      return watch(spawn('/bin/sh', ['-c', `${command}; exit $?`], options));
    },
    remove: () => {
      rmSync(cache, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watch(child: ChildProcess): Started {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(
    ([code, signal]: unknown[]) => ({ code, signal, stdout, stderr }) as Ended,
  );
  const printed = async (text: string): Promise<void> => {
    while (!(stdout + stderr).includes(text)) {
      if (child.exitCode !== null) throw new Error(`It ended without '${text}': ${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, printed };
}

/** A Node on the PATH that is too old for the application itself, or null. */
export function olderNode(): string | null {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'node'));
  for (const candidate of candidates.filter((file) => existsSync(file))) {
    const version = spawnSync(candidate, ['--version'], { encoding: 'utf8' }).stdout;
    if (nodeMajor(version) >= 20 && nodeMajor(version) < 24) return candidate;
  }
  return null;
}

export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version']).error === undefined;
}
