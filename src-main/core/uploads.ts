import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OffrecError } from '#contract/errors.ts';
import { translateFileError } from '#engine/data/files.ts';

/** Name of a file without any path: what a log file may be called on every system. */
const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N} ._()+-]{0,150}$/u;
const idPattern = /^[0-9a-f]{32}$/;
const leftoverMs = 24 * 3600 * 1000;

/**
 * Files that browsers send to be imported. Each lies alone in a folder with a random name; it goes when it has been
 * imported, when the browser says so, with the server, or when it has lain about for a day: a browser that was closed
 * takes nothing back.
 */
export class Uploads {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #own = new Set<string>();
  readonly #receiving = new Set<string>();

  /** @param folder holds one folder an upload */
  constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /**
   * Writes a body to the disk as it comes; whatever goes wrong, nothing of it stays.
   * @param bytes what the sender says of its length; 0 when it says nothing
   * @throws OffrecError `invalid-input` for a name or size, `cancelled` when the browser gives up, `disk-full`
   */
  async receive(
    body: Readable,
    { name, bytes }: { name: string; bytes: number },
  ): Promise<{ id: string; file: string }> {
    if (!namePattern.test(name)) {
      throw new OffrecError('invalid-input', 'A file of this name cannot be sent.', {
        where: name.slice(0, 200),
        hint: 'Rename it to letters, digits, blanks, dots, dashes and underscores.',
      });
    }
    this.#refuseLarge(bytes);
    await this.#sweep();
    const id = randomBytes(16).toString('hex');
    const folder = join(this.#folder, id);
    const file = join(folder, name);
    this.#own.add(id);
    this.#receiving.add(id);
    try {
      await mkdir(folder, { recursive: true });
      await pipeline(body, this.#meter(), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      return { id, file };
    } catch (error) {
      await this.remove(id);
      throw asOurs(error, file);
    } finally {
      this.#receiving.delete(id);
    }
  }

  /** Whether there was such an upload of this server. */
  async remove(id: string): Promise<boolean> {
    if (!idPattern.test(id) || !this.#own.delete(id)) return false;
    await rm(join(this.#folder, id), { recursive: true, force: true });
    return true;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#own].map((id) => this.remove(id)));
  }

  #refuseLarge(bytes: number): void {
    if (bytes <= this.#mostBytes) return;
    throw new OffrecError('invalid-input', 'The file is too large to be sent.', {
      where: `${String(bytes)} bytes of at most ${String(this.#mostBytes)}`,
      hint: 'Copy it to this machine and import it from there.',
    });
  }

  #meter(): Transform {
    let bytes = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        try {
          this.#refuseLarge(bytes);
          done(null, chunk);
        } catch (error) {
          done(error as Error);
        }
      },
    });
  }

  /** What nobody came back for, here or at a server that ended without a word. */
  async #sweep(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => idPattern.test(each) && !this.#receiving.has(each))) {
      const status = await stat(join(this.#folder, name)).catch(() => null);
      if (status === null || Date.now() - status.mtimeMs < leftoverMs) continue;
      await rm(join(this.#folder, name), { recursive: true, force: true });
      this.#own.delete(name);
    }
  }
}

function asOurs(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET') {
    return new OffrecError('cancelled', 'The browser gave up; nothing was kept.', { cause: error });
  }
  return translateFileError(error, file);
}
