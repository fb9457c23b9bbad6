import { describe, expect, it } from 'vitest';
import {
  CurveReader,
  type CurveAnswer,
  type CurveQuestion,
  type CurveView,
} from '#renderer/lib/curve-reader.ts';
import { gridSeries } from './grid-series.ts';

const runs = Array.from({ length: 20 }, (_, at) => `run-${String(at)}`);
const view: CurveView = {
  metric: 'eval/rTra',
  axis: 'step',
  buckets: 8,
  part: null,
  ranges: false,
};

/** Answers from series whose lengths a test changes, and notes what was asked. */
class Answers {
  readonly lengths = new Map(runs.map((run) => [run, 4]));
  readonly asked: CurveQuestion[] = [];
  fails = false;

  readonly ask = (question: CurveQuestion): Promise<CurveAnswer> => {
    this.asked.push(question);
    if (this.fails) return Promise.reject(new Error('no line'));
    const longest = Math.max(...this.lengths.values());
    const width = longest > 8 ? 2 : 1;
    const grid = question.grid ?? { from: 0, width, buckets: 8 };
    const series = question.of.map(({ run }) => {
      const length = this.lengths.get(run) ?? 0;
      return gridSeries(
        run,
        Array.from({ length }, (_, at) => at),
      );
    });
    return Promise.resolve({ grid, series });
  };

  /** Series that were asked for since the last time. */
  taken(): string[][] {
    return this.asked.splice(0).map(({ of }) => of.map(({ run }) => run));
  }
}

describe('the series of a chart', () => {
  it('are read once; while runs go on, a tick reads the one that grew and none of the others', async () => {
    const answers = new Answers();
    const reader = new CurveReader(answers.ask);
    await reader.read(view, runs);
    expect(answers.taken()).toEqual([runs]);
    await reader.read(view, runs);
    expect(answers.taken()).toEqual([]);

    for (let tick = 0; tick < 3; tick += 1) {
      answers.lengths.set('run-3', 5 + tick);
      reader.forget('run-3');
      const series = await reader.read(view, runs);
      expect(series).toHaveLength(20);
      expect(series[3]?.total).toBe(5 + tick);
      expect(answers.asked[0]?.grid).toEqual({ from: 0, width: 1, buckets: 8 });
      expect(answers.taken()).toEqual([['run-3']]);
    }
  });

  it('are all read on a new grid when one outgrows the old one', async () => {
    const answers = new Answers();
    const reader = new CurveReader(answers.ask);
    await reader.read(view, runs);
    answers.taken();
    answers.lengths.set('run-0', 12);
    reader.forget('run-0');
    await reader.read(view, runs);
    expect(answers.taken()).toEqual([['run-0'], runs]);
  });

  it('are read again for a part, and not when a group is hidden and shown', async () => {
    const answers = new Answers();
    const reader = new CurveReader(answers.ask);
    await reader.read(view, runs);
    await reader.read({ ...view, part: { from: 1, to: 2 } }, runs);
    expect(answers.asked[1]?.part).toEqual({ from: 1, to: 2 });
    expect(answers.taken()).toEqual([runs, runs]);
    const part = { ...view, part: { from: 1, to: 2 } };
    await reader.read(part, runs.slice(0, 5));
    await reader.read(part, runs);
    expect(answers.taken()).toEqual([]);
  });

  it('ask for a run that joins alone', async () => {
    const answers = new Answers();
    const reader = new CurveReader(answers.ask);
    await reader.read(view, runs.slice(0, 19));
    answers.taken();
    expect(await reader.read(view, runs)).toHaveLength(20);
    expect(answers.taken()).toEqual([['run-19']]);
  });

  it('keep their grid when a run joins that has not logged anything', async () => {
    const answers = new Answers();
    const reader = new CurveReader(answers.ask);
    await reader.read(view, runs.slice(0, 19));
    answers.lengths.set('run-19', 0);
    await reader.read(view, runs);
    answers.taken();
    answers.lengths.set('run-19', 1);
    reader.forget('run-19');
    await reader.read(view, runs);
    expect(answers.taken()).toEqual([['run-19']]);
  });

  it('are asked for again after a failure', async () => {
    const answers = new Answers();
    const reader = new CurveReader(answers.ask);
    await reader.read(view, runs);
    answers.taken();
    reader.forget('run-1');
    answers.fails = true;
    await expect(reader.read(view, runs)).rejects.toThrow('no line');
    answers.fails = false;
    await reader.read(view, runs);
    expect(answers.taken()).toEqual([['run-1'], ['run-1']]);
  });
});
