import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../src-main/doors/terminal/main.ts', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout or stderr has shown the text. */
  shows(text: string): Promise<void>;
}

/** Starts the terminal as a user would, in its own process, with pipes instead of a screen. */
export function start(words: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [entry, ...words], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const tell = (): void => watchers.forEach((look) => look());
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    tell();
  });
  const ended = once(child, 'close').then(([status]) => {
    tell();
    return { status: status as number | null, stdout, stderr };
  });
  const shows = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stdout.includes(text) && !stderr.includes(text)) {
          if (child.exitCode === null) return;
          reject(new Error(`ended without showing '${text}':\n${stdout}\n${stderr}`));
        } else resolve();
        watchers.delete(look);
      };
      watchers.add(look);
      look();
    });
  return { child, ended, shows };
}

export const offrec = (words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start(words, env).ended;

/** The last line of stdout as JSON: the answer, or the error. */
export function lastLine({ stdout, stderr }: Ended): unknown {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (line === '') throw new Error(`no line of data; stderr was:\n${stderr}`);
  return JSON.parse(line);
}

/** A folder that goes away with the block that made it. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'offrec-terminal-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
