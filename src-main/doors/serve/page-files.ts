import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

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

export interface PageFile {
  readonly mediaType: string;
  /** Whether the file's name changes with its content. */
  readonly immutable: boolean;
  read(): Promise<Buffer>;
}

/**
 * The files of the built page. A request chooses from the list of what is there, so no path can lead anywhere else:
 * links, dot files and files of other kinds are not on the list.
 */
export class PageFiles {
  readonly #folder: string;
  #files = new Map<string, string>();
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
    return { mediaType, immutable: wanted.startsWith('/assets/'), read: () => readFile(file) };
  }

  get isBuilt(): boolean {
    this.#look();
    return this.#files.has('/index.html');
  }

  /** Lists the folder again when the page has been built anew. */
  #look(): void {
    const builtMs = statSync(join(this.#folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs;
    if (builtMs === this.#builtMs) return;
    this.#builtMs = builtMs ?? -1;
    this.#files = builtMs === undefined ? new Map() : listFiles(this.#folder);
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
