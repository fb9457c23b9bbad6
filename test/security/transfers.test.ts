import { unzipSync, strFromU8 } from 'fflate';
import { existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, experiment, temporaryHome } from '../runs/support/homes.ts';
import { builtPage, serveCore, token, type Served } from '../support/served.ts';

const bearer = { authorization: `Bearer ${token}` };
const mostUploadBytes = 100_000;

const served = (home = temporaryHome()): Promise<Served> =>
  serveCore(home, builtPage(), (core) => core, { mostUploadBytes });

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Begins a request; the answer comes when its body has ended, or when the server refuses before. */
function begin(
  { server }: Served,
  path: string,
  headers: Record<string, string>,
  method: string,
): { asking: ClientRequest; answer: Promise<Answer> } {
  const asking = request({ host: '127.0.0.1', port: server.port, path, method, headers });
  const answer = new Promise<Answer>((resolve, reject) => {
    asking.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }),
      );
      response.on('error', reject);
    });
    asking.on('error', reject);
  });
  return { asking, answer };
}

function send(
  at: Served,
  name: string,
  body: string | Buffer = 'user,item,reward\n1,2,3\n',
  headers: Record<string, string> = bearer,
): Promise<Answer> {
  const path = `/upload?name=${encodeURIComponent(name)}`;
  const { asking, answer } = begin(at, path, headers, 'POST');
  asking.end(body);
  return answer;
}

const ask = (at: Served, path: string, headers = bearer, method = 'GET'): Promise<Answer> => {
  const { asking, answer } = begin(at, path, headers, method);
  asking.end();
  return answer;
};

/** Every file that uploads have left on the disk. */
const uploadsOf = ({ core }: Served): string[] =>
  existsSync(core.home.uploads)
    ? readdirSync(core.home.uploads, { recursive: true, encoding: 'utf8' })
    : [];

describe('a file that a browser sends', () => {
  it('lies in a folder of its own until it is taken back', async () => {
    const at = await served();
    const { status, body } = await send(at, 'clicks.csv');
    const upload = JSON.parse(body.toString()) as { id: string; file: string };
    expect(status).toBe(201);
    expect(upload.file).toBe(join(at.core.home.uploads, upload.id, 'clicks.csv'));
    expect(readFileSync(upload.file, 'utf8')).toBe('user,item,reward\n1,2,3\n');
    expect((await ask(at, `/upload?id=${upload.id}`, bearer, 'DELETE')).status).toBe(200);
    expect(uploadsOf(at)).toEqual([]);
  });

  it('goes when nobody has come back for it within a day', async () => {
    const at = await served();
    const sent = async (name: string) => {
      const { body } = await send(at, name);
      return JSON.parse(body.toString()) as { id: string; file: string };
    };
    const forgotten = await sent('forgotten.csv');
    const kept = await sent('kept.csv');
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    utimesSync(join(at.core.home.uploads, forgotten.id), twoDaysAgo, twoDaysAgo);
    await sent('next.csv');
    expect(existsSync(forgotten.file)).toBe(false);
    expect(existsSync(kept.file)).toBe(true);
  });

  it('goes when it has been imported, and when the server ends', async () => {
    const at = await served();
    const [first, second] = await Promise.all(
      ['first.csv', 'second.csv'].map(async (name) => {
        const { body } = await send(at, name);
        return JSON.parse(body.toString()) as { id: string; file: string };
      }),
    );
    await at.core.datasets.import({ kind: 'log', name: 'sent', source: first?.file ?? '' });
    expect(existsSync(first?.file ?? '')).toBe(false);
    expect(existsSync(second?.file ?? '')).toBe(true);
    await at.server.close();
    expect(uploadsOf(at)).toEqual([]);
  });

  it.each([
    ['no token', {}],
    ['a wrong token', { authorization: 'Bearer 0123456789-a-wrong-token' }],
    ['a cookie without an origin', { cookie: 'offrec-PORT=TOKEN' }],
    ['a foreign origin', { ...bearer, origin: 'https://evil.example' }],
    ['a foreign name', { ...bearer, host: 'evil.example' }],
  ])('is refused with %s, and nothing is written', async (_name, given) => {
    const at = await served();
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        value.replace('PORT', String(at.server.port)).replace('TOKEN', token),
      ]),
    );
    const { status } = await send(at, 'clicks.csv', 'a,b\n', headers);
    expect([401, 403]).toContain(status);
    expect((await ask(at, '/upload?id=x', headers as typeof bearer, 'DELETE')).status).toBe(status);
    expect(uploadsOf(at)).toEqual([]);
  });

  it('comes in with the cookie of our own page', async () => {
    const at = await served();
    const cookie = `offrec-${String(at.server.port)}=${token}`;
    const { status } = await send(at, 'clicks.csv', 'a,b\n', { cookie, origin: at.origin });
    expect(status).toBe(201);
  });

  it.each([
    '../secret.csv',
    '..',
    '.hidden',
    'a/b.csv',
    'a\\b.csv',
    '/etc/passwd',
    '',
    'x\0.csv',
    'x'.repeat(200),
  ])('is refused under the name %j', async (name) => {
    const at = await served();
    expect((await send(at, name)).status).toBe(400);
    expect(uploadsOf(at)).toEqual([]);
  });

  it('is refused when it is too large, whether it says so or not', async () => {
    const at = await served();
    const large = Buffer.alloc(mostUploadBytes + 1, 65);
    expect((await send(at, 'large.csv', large)).status).toBe(400);
    const path = '/upload?name=large.csv';
    const chunked = { ...bearer, 'transfer-encoding': 'chunked' };
    const { asking, answer } = begin(at, path, chunked, 'POST');
    asking.write(large.subarray(0, 60_000));
    asking.write(large.subarray(0, 60_000));
    const refused = await answer.then(
      ({ status }) => status,
      // The server may end the line while the rest still comes.
      () => 400,
    );
    asking.destroy();
    expect(refused).toBe(400);
    await eventually(() => uploadsOf(at).length === 0, 'the uploads change');
  });

  it('leaves nothing when the browser gives up on the way', async () => {
    const at = await served();
    const headers = { ...bearer, 'content-length': '50000' };
    const { asking, answer } = begin(at, '/upload?name=half.csv', headers, 'POST');
    asking.write(Buffer.alloc(20_000, 65));
    await eventually(() => uploadsOf(at).length > 0, 'the uploads change');
    asking.destroy();
    await expect(answer).rejects.toThrow();
    await eventually(() => uploadsOf(at).length === 0, 'the uploads change');
    expect((await send(at, 'whole.csv')).status).toBe(201);
  });

  it.each(['../../datasets/tiny', '..', 'tiny', '0'.repeat(32), ''])(
    'is the only thing that can be taken back: not %j',
    async (id) => {
      const at = await served();
      const path = `/upload?id=${encodeURIComponent(id)}`;
      expect((await ask(at, path, bearer, 'DELETE')).status).toBe(404);
      expect(existsSync(join(at.core.home.datasets, 'tiny', 'manifest.json'))).toBe(true);
    },
  );

  it('comes by no other way', async () => {
    const at = await served();
    for (const method of ['PUT', 'PATCH', 'GET', 'OPTIONS']) {
      expect((await ask(at, '/upload?name=a.csv', bearer, method)).status).toBe(405);
    }
    expect((await ask(at, '/', bearer, 'POST')).status).toBe(405);
    expect(uploadsOf(at)).toEqual([]);
  });
});

describe('a checkpoint as an archive', () => {
  async function withCheckpoint() {
    const at = await served();
    await at.core.queue.serve();
    const { runs } = await at.core.experiments.create(experiment({ epochs: 10 }));
    await at.core.runs.waitFor(runs.map(({ id }) => id));
    const run = runs[0]?.id ?? '';
    const [checkpoint] = at.core.runs.show(run).checkpoints;
    return { at, run, folder: checkpoint?.folder ?? '', name: checkpoint?.name ?? '' };
  }

  it('holds what an export holds, byte for byte', async () => {
    const { at, run, folder, name } = await withCheckpoint();
    const { status, body } = await ask(at, `/checkpoint?run=${run}&name=${name}`);
    expect(status).toBe(200);
    const files = unzipSync(new Uint8Array(body));
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([...names, 'config.json', 'run.json', 'README.md']),
    );
    for (const file of names) {
      expect(Buffer.from(files[file] ?? []).equals(readFileSync(join(folder, file)))).toBe(true);
    }
    expect(strFromU8(files['README.md'] ?? new Uint8Array())).toContain(run);
  });

  it('is refused without the token, when it is not there, and when it is damaged', async () => {
    const { at, run, folder, name } = await withCheckpoint();
    const path = `/checkpoint?run=${run}&name=${name}`;
    expect((await ask(at, path, {} as typeof bearer)).status).toBe(401);
    expect((await ask(at, `/checkpoint?run=${run}&name=other`)).status).toBe(404);
    for (const odd of ['run=..&name=final', `run=${run}&name=../../x`, `run=${run}`, '']) {
      expect((await ask(at, `/checkpoint?${odd}`)).status).toBe(400);
    }
    writeFileSync(join(folder, 'weights.safetensors'), 'damaged');
    expect((await ask(at, path)).status).toBe(409);
    rmSync(folder, { recursive: true });
    expect((await ask(at, path)).status).toBe(404);
  });
});
