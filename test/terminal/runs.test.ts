import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, offrec, type Ended } from './offrec.ts';
import { Workplace, type RunAnswer, type RunLine } from './workplace.ts';

const workplace = new Workplace();
const { home } = workplace;
const at = (...words: readonly string[]): Promise<Ended> => workplace.offrec(...words);

beforeAll(() => workplace.prepare());
afterAll(() => workplace.dispose());

const events = ({ stdout }: Ended): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('datasets', () => {
  it('are listed, shown and refused twice', async () => {
    expect(lastLine(await at('datasets', 'list', '--json'))).toMatchObject([{ name: 'tiny' }]);
    expect(lastLine(await at('datasets', 'show', 'tiny', '--json'))).toMatchObject({
      users: 40,
      items: 30,
      interactions: expect.any(Number),
      warnings: expect.any(Array),
      groundTruth: 'synthetic',
      folder: join(home, 'datasets', 'tiny'),
    });
    expect((await at('datasets', 'show', 'tiny')).stdout).toContain('ground truth:  synthetic');
    const again = await at('datasets', 'import', 'synthetic', '--name', 'tiny', '--json');
    expect(again.status).toBe(3);
    expect(lastLine(again)).toMatchObject({ error: { code: 'already-exists' } });
    const absent = await at('datasets', 'show', 'tinny', '--json');
    expect(absent.status).toBe(3);
    expect(lastLine(absent)).toMatchObject({ error: { code: 'not-found' } });
  });

  it.each([
    [['coat', '/nowhere', '--name', 'x'], 3],
    [['log', '/nowhere/x.csv', '--name', 'x'], 3],
    [['synthetic', '--name', '../x'], 4],
    [['synthetic', '--name', 'x', '--set', 'users=-5'], 4],
    [['synthetic', '--name', 'x', '--set', 'user=5'], 4],
    [['synthetic', '--name', 'x', '--preset', 'nonsense'], 4],
  ])('that cannot be imported (%j) end with status %i and leave nothing', async (words, status) => {
    const ended = await at('datasets', 'import', ...words, '--json');
    expect(lastLine(ended)).toMatchObject({ error: { message: expect.any(String) } });
    expect(ended.status).toBe(status);
    expect(existsSync(join(home, 'datasets', 'x'))).toBe(false);
  });

  it('come from any log, with the columns that were named', async () => {
    const file = join(workplace.folder, 'log.csv');
    const rows = Array.from({ length: 60 }, (_, row) => `u${row % 6},i${row % 10},${row % 5}`);
    writeFileSync(file, `who,what,stars\n${rows.join('\n')}\n`);
    const map = 'user=who,item=what,reward=stars';
    const words = ['import', 'log', file, '--map', map, '--name', 'log', '--json'];
    expect(lastLine(await at('datasets', ...words))).toMatchObject({
      name: 'log',
      users: 6,
      items: 10,
      interactions: 60,
    });
    const wrong = ['import', 'log', file, '--map', 'user=nobody', '--name', 'log2', '--json'];
    const refused = await at('datasets', ...wrong);
    expect(refused.status).toBe(4);
    expect(lastLine(refused)).toMatchObject({ error: { code: 'invalid-input' } });
    expect(lastLine(await at('datasets', 'remove', 'log', '--json'))).toEqual({ removed: 'log' });
    expect((await at('datasets', 'show', 'log')).status).toBe(3);
  });
});

describe('reference policies', () => {
  it('are an array with the stable fields, the same again from the store', async () => {
    const words = ['reference', 'tiny', '--protocol', '{preset: nx0, maxLength: 10}'];
    const first = await at(...words, '--episodes', '200', '--json');
    const scores = lastLine(first) as Record<string, unknown>[];
    expect(scores.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining(['random', 'item-mean', 'best-fixed-list', 'oracle']),
    );
    for (const score of scores) {
      expect(score).toMatchObject({
        rTra: expect.any(Number),
        rEach: expect.any(Number),
        length: 10,
      });
    }
    const second = await at(...words, '--episodes', '200', '--json');
    expect(second.stdout).toBe(first.stdout);
    expect((await at(...words)).stdout).toMatch(/^Oracle +\d+\.\d\d/m);
  });

  it('cannot be scored under a protocol that does not fit', async () => {
    const ended = await at('reference', 'tiny', '--protocol', 'nx0', '--json');
    const long = await at('reference', 'tiny', '--protocol', '{maxLength: 31}', '--json');
    expect(ended.status).toBe(0);
    expect(long.status).toBe(4);
  });
});

describe('an experiment', () => {
  let ids: readonly string[] = [];

  it('shows its grid, runs, and ends with the stable line', async () => {
    const file = workplace.experimentFile('first', 3);
    const dry = await at('sweep', file, '--dry-run', '--json', '--set', 'gamma=[0.5,0.9]');
    expect(lastLine(dry)).toMatchObject({ experiment: 'first', count: 8, fresh: 8 });
    expect(lastLine(await at('runs', 'list', '--json'))).toEqual([]);

    const ended = await at('run', file, '--json');
    const answer = lastLine(ended) as RunAnswer;
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expect(answer).toMatchObject({ experiment: 'first', interrupted: false, resume: null });
    expect(answer.runs.map(({ method, seed, status }) => [method, seed, status])).toEqual([
      ['dorl', 0, 'done'],
      ['mbpo', 0, 'done'],
      ['dorl', 1, 'done'],
      ['mbpo', 1, 'done'],
    ]);
    for (const run of answer.runs) expect(run.weightsHash).toMatch(/^[0-9a-f]{64}$/);
    ids = answer.runs.map(({ id }) => id);
    const told = events(ended).filter(({ event }) => event === 'status');
    expect(told.filter(({ status }) => status === 'done')).toHaveLength(4);
    for (const line of events(ended).slice(0, -1)) expect(line).toHaveProperty('event');
  });

  it('is not run again, and its table stands beside the reference policies', async () => {
    const again = await at('run', workplace.experimentFile('first', 3));
    expect(again.status).toBe(0);
    expect(again.stderr).toContain('first: 4 runs, 4 there before.');
    expect(again.stderr).toContain(`Checkpoint of tiny DORL_1, seed 0: ${join(home, 'runs')}`);
    expect(again.stdout).toMatch(/^\| DORL_1 /m);
    expect(again.stdout).toMatch(/^\| \*Oracle\* \(reference\) /m);
    expect(again.stdout).toContain('2 seeds per cell.');
  });

  it('gives the same numbers in every format', async () => {
    const records = lastLine(await at('table', 'first', '--format', 'json')) as {
      method: string;
      metric: string;
      aggregation: string;
      group: string;
      mean: number;
      std: number | null;
      seeds: number;
      shown: string;
    }[];
    const own = records.filter(({ group }) => group === 'own');
    expect(new Set(own.map(({ aggregation }) => aggregation))).toEqual(
      new Set(['all-epochs', 'last-quarter', 'final']),
    );
    const dorl = own.find(
      ({ method, metric, aggregation }) =>
        method === 'dorl' && metric === 'rTra' && aggregation === 'all-epochs',
    );
    expect(dorl).toMatchObject({ dataset: 'tiny', seeds: 2, std: expect.any(Number) });
    const values = await Promise.all(
      [ids[0], ids[2]].map(async (id) => {
        const detail = lastLine(await at('runs', 'show', String(id), '--json')) as {
          metrics: { metric: string; mean: number }[];
        };
        return detail.metrics.find(({ metric }) => metric === 'eval/rTra')?.mean ?? NaN;
      }),
    );
    const [first = NaN, second = NaN] = values;
    expect(dorl?.mean).toBeCloseTo((first + second) / 2, 9);
    expect(dorl?.std).toBeCloseTo(Math.abs(first - second) / Math.SQRT2, 9);

    const shown = dorl?.shown ?? '';
    const [mean = '', spread = ''] = shown.split(' ± ');
    const [markdown, latex, csv] = await Promise.all(
      ['markdown', 'latex', 'csv'].map(
        async (format) => (await at('table', 'first', '--format', format)).stdout,
      ),
    );
    expect(markdown?.replaceAll(/\*\*|<\/?u>/g, '')).toContain(shown);
    expect(latex?.replaceAll(/\\(?:textbf|underline)\{([^}]*)\}/g, '$1')).toContain(
      `${mean} $\\pm$ ${spread}`,
    );
    expect(latex).toContain('DORL\\_1');
    expect(csv).toContain(`,${dorl?.mean},${dorl?.std},`);
  });

  it('has options for its table', async () => {
    const final = await at(
      'table',
      'first',
      '--aggregation',
      'final',
      '--metric',
      'rEach',
      '--digits',
      '1',
    );
    expect(final.stdout).toContain('final: the evaluation after the last epoch');
    expect(final.stdout).not.toContain('R_tra');
    expect(final.stdout).toMatch(/^\| MBPO +\| +\**\d\.\d\** ± \d\.\d \|/m);
    expect((await at('table', 'first', '--metric', 'rTar')).stderr).toContain(
      "Did you mean 'rTra'?",
    );
    expect((await at('table', 'frist')).status).toBe(3);
    expect((await at('table', 'first', '--no-references')).stdout).not.toContain('reference');
    expect((await at('table', 'first', '--published')).status).toBe(0);
  });

  it('arranges, compares and writes its table as it is told', async () => {
    const words = [
      '--metric',
      'rTra,length',
      '--layout',
      'metric/dataset,method',
      '--no-references',
    ];
    const turned = await at('table', 'first', ...words, '--baseline', 'MBPO', '--spread', 'ci');
    expect(turned.stdout).toMatch(/^\| Metric \(tiny\) +\| +DORL_1 \| +MBPO \|$/m);
    expect(turned.stdout).toMatch(/^\| R\\?_tra ↑ /m);
    expect(turned.stdout).toContain('half of the 95 % t interval');
    expect(turned.stdout).toContain('Holm’s correction over');
    const only = await at(
      'table',
      'first',
      '--method',
      'MBPO',
      '--format',
      'csv',
      '--baseline',
      'best',
    );
    expect(only.stdout).not.toContain('DORL_1');

    const file = join(workplace.folder, 'table.xlsx');
    expect((await at('table', 'first', '--format', 'xlsx')).status).toBe(2);
    expect((await at('table', 'first', '--format', 'xlsx', '--output', file)).status).toBe(0);
    expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
    const wrong = await at('table', 'first', '--layout', 'method/dataset');
    expect(wrong.stderr).toContain('such as method/dataset,metric');
    expect((await at('table', 'first', '--alpha', '2')).stderr).toContain('between 0 and 0.5');
    const nowhere = await at('table', 'first', '--output', join(file, 'table.md'));
    expect(nowhere.stderr).toContain('could not be written');
  });

  it('lists and shows runs, by the beginning of an id', async () => {
    const list = lastLine(await at('runs', 'list', '--experiment', 'first', '--json'));
    expect(list).toHaveLength(4);
    const shown = await at('runs', 'show', String(ids[0]).slice(0, 8));
    expect(shown.stdout).toContain('DORL_1 (dorl)');
    expect(shown.stdout).toContain('eval/rTra');
    expect((await at('runs', 'show', 'ffffffffffff')).status).toBe(3);
    expect((await at('runs', 'pause', String(ids[0]))).status).toBe(2);
  });

  it('exports a checkpoint, verifies it, and notices a flipped byte', async () => {
    const target = join(workplace.folder, 'exported');
    const exported = await at('checkpoint', 'export', String(ids[0]), target, '--json');
    expect(lastLine(exported)).toMatchObject({ ok: true, folder: target });
    expect(lastLine(await at('checkpoint', 'verify', target, '--json'))).toMatchObject({
      ok: true,
    });
    const weights = join(target, 'weights.safetensors');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(weights, bytes);
    const broken = await at('checkpoint', 'verify', target, '--json');
    expect(broken.status).toBe(5);
    expect(lastLine(broken)).toMatchObject({ error: { code: 'corrupt-file', where: target } });
    expect((await at('checkpoint', 'export', String(ids[0]), target)).status).toBe(3);
  });

  it('refuses values that a method does not take, with their line', async () => {
    const file = workplace.experimentFile('wrong', 2);
    const ended = await at('run', file, '--json', '--set', 'dorl.gamma=7');
    expect(ended.status).toBe(4);
    expect(lastLine(ended)).toMatchObject({
      error: { code: 'invalid-input', where: '--set dorl.gamma=7, methods[0].set.gamma' },
    });
    const absent = await at('run', file, '--json', '--set', 'datasets=[absent]');
    expect(lastLine(absent)).toMatchObject({ error: { code: 'not-found' } });
    expect(absent.status).toBe(3);
  });

  it('completes names that the data folder knows', async () => {
    const line = 'offrec datasets show ';
    const { stdout } = await offrec(['completion-server', '--', ...line.split(' ')], {
      COMP_CWORD: '3',
      COMP_LINE: line,
      COMP_POINT: String(line.length),
      SHELL: 'bash',
      OFFREC_HOME: home,
    });
    expect(stdout).toBe('tiny\n');
  });

  it('a run can be forked from its last checkpoint', async () => {
    const listed = await at('runs', 'list', '--experiment', 'first', '--json');
    expect(listed, listed.stderr).toMatchObject({ status: 0 });
    const [run] = lastLine(
      await at('runs', 'list', '--experiment', 'first', '--json'),
    ) as RunLine[];
    const words = ['--set', 'epochs=5', '--label', 'longer', '--json'];
    const fork = await at('runs', 'fork', String(run?.id), ...words);
    expect(fork, fork.stderr).toMatchObject({ status: 0 });
    expect(lastLine(fork)).toMatchObject({ runs: [{ label: 'longer', status: 'done' }] });
  });
});
