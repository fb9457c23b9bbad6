import type { ServerResponse } from 'node:http';
import { securityHeaders } from './headers.ts';
import type { Coding, PageFiles } from './page-files.ts';

const notBuilt =
  'The page is not built yet. In the folder of Offrec, run: npm run build:page\nThen load this page again.\n';

/** Answers a request as a whole. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  response.writeHead(status, {
    ...securityHeaders,
    'Cache-Control': 'no-store',
    // A body that nobody reads must not be taken for the next request.
    ...(status >= 400 ? { Connection: 'close' } : {}),
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export const sendText = (response: ServerResponse, status: number, text: string): void =>
  send(response, status, { 'Content-Type': 'text/plain; charset=utf-8' }, text);

/** The smallest coding that the header allows. */
export function codingFor(acceptEncoding: string): Coding {
  const allowed = acceptEncoding.split(',').flatMap((part) => {
    const [name = '', weight = '1'] = part.trim().split(/\s*;\s*q=/i);
    return Number(weight) > 0 ? [name.toLowerCase()] : [];
  });
  return (['br', 'gzip'] as const).find((coding) => allowed.includes(coding)) ?? 'identity';
}

/** Answers with a file of the page, or with nothing but its tag where the browser has it already. */
export async function sendFile(
  response: ServerResponse,
  page: PageFiles,
  path: string,
): Promise<void> {
  if (!page.isBuilt) return sendText(response, 503, notBuilt);
  const file = page.find(path);
  if (file === null) return sendText(response, 404, 'There is no such file.\n');
  const asked = response.req.headers;
  const coding = file.packs ? codingFor(String(asked['accept-encoding'] ?? '')) : 'identity';
  const { bytes, tag } = await file.read(coding);
  const headers = {
    'Content-Type': file.mediaType,
    'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    ETag: tag,
    Vary: 'Accept-Encoding',
    ...(coding === 'identity' ? {} : { 'Content-Encoding': coding }),
  };
  if (asked['if-none-match'] !== tag) return send(response, 200, headers, bytes);
  response.writeHead(304, { ...securityHeaders, ...headers });
  response.end();
}
