import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { lastLine, offrec, start, temporaryFolder, type Started } from './offrec.ts';

const token = 'a-token-of-the-terminal-test';

/** Starts a server on any port; resolves with the address that it tells. */
async function serving(
  home: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Started & { url: string }> {
  const started = start(['--home', home, 'serve', '--port', '0', '--json'], env);
  let told = '';
  started.child.stdout?.on('data', (text: string) => (told += text));
  await started.shows('Ctrl-C');
  const { url } = JSON.parse(told) as { url: string };
  return { ...started, url };
}

describe('offrec serve', () => {
  it('tells its address, lets its token in, and ends cleanly on Ctrl-C', async () => {
    using folder = temporaryFolder();
    const server = await serving(folder.path, { OFFREC_TOKEN: token });
    expect(new URL(server.url).searchParams.get('token')).toBe(token);
    expect((await fetch(server.url, { redirect: 'manual' })).status).toBe(303);
    server.child.kill('SIGINT');
    const { status, stderr } = await server.ended;
    expect({ status, error: stderr.includes('Error') }).toEqual({ status: 0, error: false });
  });

  it('makes a new token each time where none is given', async () => {
    using folder = temporaryFolder();
    const tokens: string[] = [];
    while (tokens.length < 2) {
      const server = await serving(folder.path, { OFFREC_TOKEN: undefined });
      tokens.push(new URL(server.url).searchParams.get('token') ?? '');
      server.child.kill('SIGTERM');
      await server.ended;
    }
    expect(tokens[0]?.length).toBeGreaterThan(40);
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  it('says that a port is taken, and that a token is weak', async () => {
    using folder = temporaryFolder();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const words = ['--home', folder.path, 'serve', '--json', '--port'];
    const taken = await offrec([...words, String(port)]);
    other.close();
    expect(taken.status).toBe(8);
    expect(lastLine(taken)).toMatchObject({ error: { code: 'busy' } });
    const weak = await offrec([...words, '0', '--token', 'secret']);
    expect(weak.status).toBe(2);
    expect(lastLine(weak)).toMatchObject({ error: { code: 'usage', where: '--token' } });
  });
});
