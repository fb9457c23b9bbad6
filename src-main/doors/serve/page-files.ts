import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** How a file travels. */
export type Coding = 'identity' | 'gzip' | 'br';

export interface PageContent {
  readonly bytes: Buffer;
  /** Another one for every content and coding, in the quotes that a header wants. */
  readonly tag: string;
}

export interface PageFile {
  readonly mediaType: string;
  /** Whether the file's name changes with its content. */
  readonly immutable: boolean;
  /** Whether a coding makes it smaller: images and fonts are packed already. */
  readonly packs: boolean;
  read(coding?: Coding): Promise<PageContent>;
}

const packed = /^(image\/(png|x-icon)|font\/)/;
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const coders = {
  identity: (bytes: Buffer) => Promise.resolve(bytes),
  gzip: promisify(gzip) as (bytes: Buffer) => Promise<Buffer>,
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, brotliOptions),
} as const;

async function contentOf(file: string, coding: Coding): Promise<PageContent> {
  const plain = await readFile(file);
  const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  return { bytes: await coders[coding](plain), tag: `"${digest}-${coding}"` };
}

/**
 * The files of the built page, kept in memory once they were asked for. A request chooses from the list of what is there, so no path can lead anywhere else:
 * links, dot files and files of other kinds are not on the list.
 */
export class PageFiles {
  readonly #folder: string;
  #files = new Map<string, string>();
  #contents = new Map<string, Promise<PageContent>>();
  #builtMs = -1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null when there is no such file. Paths without an ending are views of the page. */
  find(path: string): PageFile | null {
    this.#look();
    const wanted = extname(path) === '' ? '/index.html' : path;
    const file = this.#files.get(wanted);
    const mediaType = mediaTypes[extname(wanted).toLowerCase()];
    if (file === undefined || mediaType === undefined) return null;
    return {
      mediaType,
      immutable: wanted.startsWith('/assets/'),
      packs: !packed.test(mediaType),
      read: (coding = 'identity') => this.#read(file, coding),
    };
  }

  get isBuilt(): boolean {
    this.#look();
    return this.#files.has('/index.html');
  }

  #read(file: string, coding: Coding): Promise<PageContent> {
    const key = `${coding} ${file}`;
    const known = this.#contents.get(key);
    if (known !== undefined) return known;
    const reading = contentOf(file, coding);
    this.#contents.set(key, reading);
    // The next request tries again.
    reading.catch(() => this.#contents.delete(key));
    return reading;
  }

  /** Lists the folder again, and forgets what it held, when the page has been built anew. */
  #look(): void {
    const builtMs = statSync(join(this.#folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs;
    if (builtMs === this.#builtMs) return;
    this.#builtMs = builtMs ?? -1;
    this.#files = builtMs === undefined ? new Map() : listFiles(this.#folder);
    this.#contents = new Map();
  }
}

function listFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const parts = relative(folder, file).split(sep);
    if (!entry.isFile() || parts.some((part) => part.startsWith('.'))) continue;
    files.set(`/${parts.join('/')}`, file);
  }
  return files;
}
