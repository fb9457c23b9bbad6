import { mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { codingFor } from '#doors/serve/replies.ts';
import { serveCore, token, type Served } from '../support/served.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const bearer = { authorization: `Bearer ${token}` };

function ask({ server }: Served, path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server;
    const asking = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    });
    asking.on('error', reject).end();
  });
}

const folder = mkdtempSync(join(tmpdir(), 'offrec-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = 'const rows = [];\n'.repeat(500);
function build(text: string, builtS: number): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'assets', 'page-1a2b.js'), text);
  writeFileSync(join(folder, 'assets', 'dot.png'), Buffer.from([137, 80, 78, 71]));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  utimesSync(join(folder, 'index.html'), builtS, builtS);
}

describe('files of the page', () => {
  it('travel packed as the browser takes them, and are what they were', async () => {
    build(script, 1000);
    const served = await serveCore(undefined, folder);
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const coding of ['br', 'gzip'] as const) {
      const headers = { ...bearer, 'accept-encoding': coding };
      const answer = await ask(served, '/assets/page-1a2b.js', headers);
      expect(answer.headers['content-encoding']).toBe(coding);
      expect(answer.headers['vary']).toBe('Accept-Encoding');
      expect(answer.headers['cache-control']).toContain('immutable');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      expect(answer.body.length).toBeLessThan(script.length / 10);
      expect(unpack[coding](answer.body).toString()).toBe(script);
    }
    const plain = await ask(served, '/assets/page-1a2b.js', bearer);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(script);
    const image = await ask(served, '/assets/dot.png', { ...bearer, 'accept-encoding': 'gzip' });
    expect(image.headers['content-encoding']).toBeUndefined();
  });

  it('are not sent again to who has them, until they are built anew', async () => {
    build(script, 1000);
    const served = await serveCore(undefined, folder);
    const first = await ask(served, '/', bearer);
    const tag = String(first.headers.etag);
    const again = await ask(served, '/', { ...bearer, 'if-none-match': tag });
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    expect(again.headers['content-security-policy']).toContain("default-src 'none'");
    // Who knows a tag is not let in by it.
    expect((await ask(served, '/', { 'if-none-match': tag })).status).toBe(401);

    const before = await ask(served, '/assets/page-1a2b.js', bearer);
    build('const other = 1;\n', 2000);
    const after = await ask(served, '/assets/page-1a2b.js', {
      ...bearer,
      'if-none-match': String(before.headers.etag),
    });
    expect(after).toMatchObject({ status: 200, body: Buffer.from('const other = 1;\n') });
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['GZIP', 'gzip'],
    ['br;q=nonsense', 'identity'],
    ['deflate', 'identity'],
    ['', 'identity'],
  ])('go by what is allowed: %s', (header, coding) => {
    expect(codingFor(header)).toBe(coding);
  });
});
