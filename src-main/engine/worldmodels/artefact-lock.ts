import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/** A lock that nobody has touched for so long belongs to a process that is gone. */
const staleMs = 120_000;
const touchEveryMs = 5_000;

/** Milliseconds since the epoch. It decides who fits, never what comes out. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Says which process makes an artefact, so that others wait instead of making the same. It saves work only:
 * two that make it nevertheless write the same bits.
 */
export class ArtefactLock {
  readonly #file: string;
  #held = false;
  #touchedMs = 0;

  constructor(artefact: string) {
    this.#file = `${artefact}.lock`;
  }

  /** Takes the lock, or keeps it fresh when it is held already; false when another process has it. */
  acquire(): boolean {
    if (this.#held) {
      this.#touch();
      return true;
    }
    if (this.#create()) return true;
    if (!this.#isStale()) return false;
    rmSync(this.#file, { force: true });
    return this.#create();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    rmSync(this.#file, { force: true });
  }

  #create(): boolean {
    mkdirSync(dirname(this.#file), { recursive: true });
    try {
      const handle = openSync(this.#file, 'wx');
      writeFileSync(handle, JSON.stringify({ host: hostname(), pid: process.pid }));
      closeSync(handle);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
    this.#held = true;
    this.#touchedMs = nowMs();
    return true;
  }

  #touch(): void {
    const now = nowMs();
    if (now - this.#touchedMs < touchEveryMs) return;
    this.#touchedMs = now;
    utimesSync(this.#file, now / 1000, now / 1000);
  }

  #isStale(): boolean {
    try {
      if (nowMs() - statSync(this.#file).mtimeMs > staleMs) return true;
      const owner = JSON.parse(readFileSync(this.#file, 'utf8')) as { host: string; pid: number };
      return owner.host === hostname() && !isAlive(owner.pid);
    } catch {
      // Gone, or not written to the end yet: look again at the next step.
      return false;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
