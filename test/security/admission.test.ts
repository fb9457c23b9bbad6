import { symlinkSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contractVersion } from '#contract/version.ts';
import { startServer } from '#doors/serve/server.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import {
  builtPage,
  clientOver,
  connect,
  serveCore,
  token,
  type Served,
} from '../support/served.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request exactly as written: nothing of the path is tidied up. */
function ask(
  { server }: Served,
  path: string,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server;
    const asking = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asking.on('error', reject).end();
  });
}

const bearer = { authorization: `Bearer ${token}` };
const wrongTokens: [string, Record<string, string>][] = [
  ['none', {}],
  ['a wrong one', { authorization: 'Bearer 0123456789-a-wrong-token' }],
  ['the beginning of the right one', { authorization: `Bearer ${token.slice(0, -1)}` }],
  ['the right one with more', { authorization: `Bearer ${token}x` }],
  ['an empty one', { authorization: 'Bearer ' }],
  ['another scheme', { authorization: `Basic ${btoa(`offrec:${token}`)}` }],
  ['a cookie of another name', { cookie: `offrec=${token}` }],
];

describe('without the right token', () => {
  it.each(wrongTokens)('(%s) nobody gets a file or a connection', async (_name, headers) => {
    const served = await serveCore();
    for (const path of ['/', '/assets/page-1a2b.js', '/rpc', '/runs', '/nothing.js']) {
      const { status, body } = await ask(served, path, headers);
      expect(status).toBe(401);
      expect(body).not.toContain('<title>');
    }
    await expect(connect(served, { ...headers, origin: served.origin })).rejects.toThrow('401');
    const inAddress = await ask(served, '/?token=0123456789-a-wrong-token', headers);
    expect(inAddress.status).toBe(401);
    expect(inAddress.headers['set-cookie']).toBeUndefined();
  });
});

describe('with the token', () => {
  it('the address lets a browser in, and leaves the address bar', async () => {
    const served = await serveCore();
    const entered = await ask(served, `/?token=${token}`, {});
    expect(entered).toMatchObject({ status: 303, headers: { location: '/' } });
    const [cookie = ''] = entered.headers['set-cookie'] ?? [];
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    const held = { cookie: cookie.split(';')[0] ?? '' };
    expect((await ask(served, '/', held)).body).toContain('<title>Offrec');
    const socket = await connect(served, { ...held, origin: served.origin });
    const greeting = await clientOver(socket).system.hello({ contract: contractVersion });
    expect(greeting.door).toBe('browser');
    // A cookie comes along by itself; only a page of ours says that it is one.
    await expect(connect(served, held)).rejects.toThrow('401');
  });

  it('a weak token is refused at the start', async () => {
    const served = await serveCore();
    const options = { host: '127.0.0.1', port: 0, pageFolder: builtPage(), version: '1' };
    for (const weak of ['', 'short', `${'x'.repeat(20)} y`, `${'x'.repeat(20)};`]) {
      await expect(startServer(served.core, { ...options, token: weak })).rejects.toMatchObject({
        code: 'usage',
      });
    }
  });
});

describe('another name (DNS rebinding)', () => {
  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:80',
    'evil.example@127.0.0.1',
    '127.0.0.1@evil.example',
    '2130706433',
    '0x7f000001',
    '127.1',
    'a b',
  ])('%j is refused, the token notwithstanding', async (host) => {
    const served = await serveCore();
    expect((await ask(served, '/', { ...bearer, host })).status).toBe(403);
    expect((await ask(served, `/?token=${token}`, { host })).headers['set-cookie']).toBeUndefined();
    await expect(connect(served, { ...bearer, host })).rejects.toThrow('403');
  });

  it.each(['localhost:9999', '127.0.0.1', '[::1]:80', 'LOCALHOST'])(
    '%j is a name of this machine, as behind a tunnel',
    async (host) => {
      const served = await serveCore();
      expect((await ask(served, '/', { ...bearer, host })).status).toBe(200);
    },
  );
});

describe('another origin', () => {
  it.each([
    'http://evil.example',
    'null',
    'file://',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://127.0.0.1.evil.example',
  ])('%j is refused, the token notwithstanding', async (origin) => {
    const served = await serveCore();
    const cookie = `offrec-${served.server.port}=${token}`;
    expect((await ask(served, '/', { ...bearer, origin })).status).toBe(403);
    await expect(connect(served, { ...bearer, origin })).rejects.toThrow('403');
    await expect(connect(served, { cookie, origin })).rejects.toThrow('403');
  });
});

describe('files', () => {
  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/....//secret.txt',
    '/secret.txt',
    '/.hidden.txt',
    '/%2ehidden.txt',
    '/link.txt',
    '/assets/page-1a2b.js%00.txt',
    '//etc/passwd',
    '/etc/passwd',
    'http://other/secret.txt',
    'file:///etc/passwd',
    '/%',
    '/%ff%fe.txt',
    `/${'a/'.repeat(3000)}x.txt`,
  ])('outside the page are not to be had: %.60s', async (path) => {
    const page = builtPage();
    symlinkSync(join(page, '..', 'secret.txt'), join(page, 'link.txt'));
    const served = await serveCore(temporaryHome(), page);
    const { status, body } = await ask(served, path);
    expect(body).not.toMatch(/secret|^hidden|root:/);
    if (status === 200) expect(body).toContain('<title>Offrec');
    else expect([400, 404]).toContain(status);
    expect((await ask(served, '/assets/page-1a2b.js')).body).toBe('export {};');
  });

  it('come with a strict policy, whatever the answer', async () => {
    const served = await serveCore();
    const answers = [
      await ask(served, '/'),
      await ask(served, '/nothing.js'),
      await ask(served, '/', {}),
      await ask(served, '/', { ...bearer, host: 'evil.example' }),
      await ask(served, '/', bearer, 'POST'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 403, 405]);
    for (const { headers } of answers) {
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-eval');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('that are not built yet are explained', async () => {
    const served = await serveCore(temporaryHome(), join(builtPage(), 'nowhere'));
    const { status, body } = await ask(served, '/');
    expect(status).toBe(503);
    expect(body).toContain('npm run build');
  });
});

describe('the listening socket', () => {
  it('takes no harm from what is no HTTP', async () => {
    const served = await serveCore();
    const garbage = ['\0\0\0\0', 'GET', 'GET / HTTP/9.9\r\n\r\n', 'x'.repeat(100_000), '\r\n\r\n'];
    for (const text of garbage) {
      await new Promise<void>((resolve) => {
        const socket = connectSocket(served.server.port, '127.0.0.1', () => socket.end(text));
        socket.on('error', () => {}).on('close', () => resolve());
        socket.resume();
      });
    }
    expect((await ask(served, '/')).status).toBe(200);
  });

  it('wants to be called by a name', async () => {
    const served = await serveCore();
    const head = `GET / HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n`;
    for (const host of ['', 'Host:\r\n', 'Host: evil.example\r\n']) {
      let answer = '';
      await new Promise<void>((resolve) => {
        const socket = connectSocket(served.server.port, '127.0.0.1');
        socket.on('data', (part) => (answer += String(part))).on('close', () => resolve());
        socket.write(`${head}${host}\r\n`);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 40[03]/);
    }
  });

  it('connects at one path only', async () => {
    const served = await serveCore();
    for (const path of ['/', '/rpc/', '/rpc?x', '/other']) {
      await expect(connect(served, bearer, path)).rejects.toThrow('403');
    }
  });

  it('says that its port is taken', async () => {
    const { core, server } = await serveCore();
    const options = { host: '127.0.0.1', token, pageFolder: builtPage(), version: '1' };
    await expect(startServer(core, { ...options, port: server.port })).rejects.toMatchObject({
      code: 'busy',
    });
  });

  it('keeps no connection that it has refused, whatever the client does', async () => {
    const served = await serveCore();
    const head = `GET /rpc HTTP/1.1\r\nHost: 127.0.0.1:${served.server.port}\r\n`;
    const upgrade = `${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    // More than the server takes at once, from clients that neither read nor leave.
    for (let at = 0; at < 600; at++) {
      await new Promise<void>((resolve) => {
        const socket = connectSocket({
          port: served.server.port,
          host: '127.0.0.1',
          allowHalfOpen: true,
        });
        socket.on('error', () => {}).on('close', () => resolve());
        socket.on('data', (part) => {
          if (String(part).startsWith('HTTP/1.1 401')) resolve();
        });
        socket.write(upgrade);
      });
    }
    expect((await ask(served, '/')).status).toBe(200);
    await served.server.close();
  });

  it('is free again after the end, and no client is left waiting', async () => {
    const served = await serveCore();
    const { core, server } = served;
    const socket = await connect(served);
    const left = new Promise((resolve) => socket.once('close', resolve));
    await server.close();
    expect(await left).toBe(1001);
    const options = { host: '127.0.0.1', token, pageFolder: builtPage(), version: '1' };
    const again = await startServer(core, { ...options, port: server.port });
    await again.close();
  });
});
