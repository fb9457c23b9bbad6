import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OffrecError, toWireError, type ErrorCode } from '#contract/errors.ts';
import { nameSchema, runIdSchema } from '#contract/names.ts';
import type { Core } from '#core/core.ts';
import { Uploads } from '#core/uploads.ts';
import { zipOf } from './checkpoint-archive.ts';
import { securityHeaders } from './headers.ts';

/** Most bytes of one file that a browser may send: 8 GiB. */
export const mostUploadBytes = 8 * 1024 ** 3;

export const uploadPath = '/upload';
export const checkpointPath = '/checkpoint';

const statusOf: Partial<Record<ErrorCode, number>> = {
  'invalid-input': 400,
  'not-found': 404,
  'checksum-mismatch': 409,
  'disk-full': 507,
  'read-only': 507,
};

/** What travels as files and not as messages: uploads to be imported, checkpoints to be taken along. */
export class Transfers {
  readonly #core: Core;
  readonly #uploads: Uploads;

  constructor(core: Core, mostBytes = mostUploadBytes) {
    this.#core = core;
    this.#uploads = new Uploads(core.home.uploads, mostBytes);
  }

  /** Answers a request of somebody who is let in. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      if (url.pathname === checkpointPath) await this.#sendCheckpoint(response, url);
      else await this.#changeUploads(request, response, url);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const wire = toWireError(error);
      sendJson(response, statusOf[wire.code] ?? 500, wire);
    }
  }

  async close(): Promise<void> {
    await this.#uploads.close();
  }

  async #changeUploads(request: IncomingMessage, response: ServerResponse, url: URL) {
    if (request.method === 'DELETE') {
      const known = await this.#uploads.remove(url.searchParams.get('id') ?? '');
      sendJson(response, known ? 200 : 404, {});
      return;
    }
    if (this.#core.readOnly) {
      throw new OffrecError('read-only', 'This data folder is open for reading only.');
    }
    const upload = await this.#uploads.receive(request, {
      name: url.searchParams.get('name') ?? '',
      bytes: Number(request.headers['content-length'] ?? 0),
    });
    sendJson(response, 201, upload);
  }

  async #sendCheckpoint(response: ServerResponse, url: URL): Promise<void> {
    const run = runIdSchema.safeParse(url.searchParams.get('run'));
    const name = nameSchema.safeParse(url.searchParams.get('name'));
    if (!run.success || !name.success) {
      throw new OffrecError('invalid-input', 'This address names no checkpoint.');
    }
    const { folder, files, texts } = await this.#core.checkpoints.contents(run.data, name.data);
    const entries = [
      ...files.map((file) => ({ name: file, content: { folder } })),
      ...Object.entries(texts).map(([file, text]) => ({ name: file, content: { text } })),
    ];
    response.writeHead(200, {
      ...securityHeaders,
      'Cache-Control': 'no-store',
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${run.data}-${name.data}.zip"`,
    });
    await pipeline(Readable.from(zipOf(entries)), response);
  }
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    ...securityHeaders,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    // A body that nobody reads must not be taken for the next request.
    ...(status >= 400 ? { Connection: 'close' } : {}),
  });
  response.end(body);
}
