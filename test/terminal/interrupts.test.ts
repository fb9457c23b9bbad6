import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, start, type Ended } from './offrec.ts';
import { Workplace, type RunAnswer, type RunLine } from './workplace.ts';

const workplace = new Workplace();
const { home } = workplace;
const at = (...words: readonly string[]): Promise<Ended> => workplace.offrec(...words);

beforeAll(() => workplace.prepare());
afterAll(() => workplace.dispose());

describe('an interrupted experiment', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'is paused by %s, and continues to the same bits',
    async (signal) => {
      const name = `paused-${signal.toLowerCase()}`;
      const file = workplace.experimentFile(name, 300, '[0]');
      const started = start(['--home', home, 'run', file, '--json']);
      await started.shows('"name":"policy"');
      started.child.kill(signal);
      const ended = await started.ended;
      expect(ended.status).toBe(130);
      expect(ended.stderr).toContain('Press Ctrl-C again to stop at once.');
      const paused = lastLine(ended) as RunAnswer;
      expect(paused.interrupted).toBe(true);
      expect(paused.runs.map(({ status }) => status)).toContain('paused');
      const left = paused.runs.filter(({ status }) => status !== 'done').map(({ id }) => id);
      expect(paused.resume).toBe(`offrec --home ${home} runs resume ${left.join(' ')}`);

      const resumed = await at('runs', 'resume', '--experiment', name, '--json');
      expect(resumed, resumed.stderr).toMatchObject({ status: 0 });
      const finished = lastLine(await at('run', file, '--json')) as RunAnswer;
      const whole = lastLine(await at('run', file, '--json', '--set', `name=${name}-whole`));
      const hashes = ({ runs }: RunAnswer) => runs.map(({ weightsHash }) => weightsHash);
      expect(hashes(finished)).toEqual(hashes(whole as RunAnswer));
    },
    180_000,
  );

  it('is stopped at once by a second signal, and continues from its last checkpoint', async () => {
    const file = workplace.experimentFile('twice', 300, '[0]');
    const started = start(['--home', home, 'run', file, '--json']);
    await started.shows('"name":"policy"');
    started.child.kill('SIGINT');
    started.child.kill('SIGTERM');
    const ended = await started.ended;
    expect(ended.status).toBe(130);
    const resumed = await at('run', file, '--json');
    expect(resumed, resumed.stderr).toMatchObject({ status: 0 });
  }, 180_000);
});

describe('two terminals on one data folder', () => {
  it('share the queue, and one can pause what the other started', async () => {
    const file = workplace.experimentFile('shared', 5000, '[0]');
    const words = ['--home', home, 'run', file, '--json'];
    const first = start(words);
    await first.shows('"name":"policy"');
    const second = start([...words, '--set', 'name=shared-2', '--set', 'epochs=2']);
    const runs = lastLine(await at('runs', 'list', '--experiment', 'shared', '--json'));
    const ids = (runs as RunLine[]).map(({ id }) => id);
    const paused = await at('runs', 'pause', ...ids, '--json');
    expect(paused, paused.stderr).toMatchObject({ status: 0 });
    const [one, two] = await Promise.all([first.ended, second.ended]);
    const statuses = (ended: Ended) =>
      (lastLine(ended) as RunAnswer).runs.map(({ status }) => status);
    expect(statuses(one)).toEqual(['paused', 'paused']);
    expect(one.status).toBe(130);
    expect(two, two.stderr).toMatchObject({ status: 0 });
    expect(statuses(two)).toEqual(['done', 'done']);
    const stopped = await at('runs', 'stop', ...ids, '--json');
    expect(lastLine(stopped)).toMatchObject([{ status: 'stopped' }, { status: 'stopped' }]);
  }, 180_000);
});
