import { describe, expect, it } from 'vitest';
import type { RunRow } from '#contract/routes/runs.ts';
import { protocolSchema } from '#contract/protocol.ts';
import { assignSlots, groupRuns, lookOf, showGroups } from '#renderer/lib/compare-groups.ts';
import { diffGroups, searchDiff } from '#renderer/lib/compare-diff.ts';
import { keepCompared } from '#renderer/lib/compare-rows.ts';
import {
  chooseRuns,
  noSource,
  readSource,
  writeSource,
  type CompareSource,
} from '#renderer/lib/compare-source.ts';
import { runRow } from './rows.ts';

type Parts = Parameters<typeof runRow>[0] & { readonly experiment?: string };

/** A row whose specification's hash is its own, as in the store. */
function row({ experiment = 'test', ...parts }: Parts): RunRow {
  const made = runRow(parts);
  return { ...made, experiment, specHash: JSON.stringify(made.spec) };
}

const from = (change: Partial<CompareSource>): CompareSource => ({ ...noSource, ...change });
const fields = ['label', 'dataset', 'cell'];

describe('what is compared', () => {
  const dorl = [0, 1].map((seed) => row({ label: 'DORL', seed, config: { lambdaU: 0.1 } }));
  const mopo = row({ label: 'MOPO', seed: 0 });
  const first = dorl[0]?.id ?? '';

  it('is a rule: every seed of a picked run’s configuration joins, also one that is added later', () => {
    const source = from({ runs: [first] });
    expect(chooseRuns([...dorl, mopo], source).rows.map(({ spec }) => spec.seed)).toEqual([0, 1]);
    const later = row({ label: 'DORL', seed: 2, config: { lambdaU: 0.1 }, status: 'queued' });
    const other = row({ label: 'DORL', seed: 3, config: { lambdaU: 0.2 } });
    const { rows } = chooseRuns([...dorl, mopo, later, other], source);
    expect(rows.map(({ id }) => id)).toContain(later.id);
    expect(rows.map(({ id }) => id)).not.toContain(other.id);
  });

  it('is the picked runs alone when asked for', () => {
    const { rows } = chooseRuns([...dorl, mopo], from({ runs: [first], exact: true }));
    expect(rows.map(({ id }) => id)).toEqual([first]);
  });

  it('is what experiments hold and a filter finds; a filter that cannot be read is told', () => {
    const elsewhere = row({ label: 'MBPO', experiment: 'other' });
    const all = [...dorl, mopo, elsewhere];
    const found = chooseRuns(all, from({ experiments: ['other'], query: 'method:mopo' }));
    expect(found.rows.map(({ label }) => label)).toEqual(['MBPO', 'MOPO']);
    expect(chooseRuns(all, from({ query: 'method:(' })).mistake).not.toBeNull();
  });

  it('stays the same while runs tell of their progress, and changes with all else', () => {
    const told = dorl.map((each) => ({ ...each, weightsHash: 'later', lasts: { 'eval/rTra': 7 } }));
    expect(keepCompared(dorl, told)).toBe(dorl);
    const tagged = dorl.map((each, at) => (at === 0 ? { ...each, tags: ['keep'] } : each));
    expect(keepCompared(dorl, tagged)).toEqual(tagged);
    expect(keepCompared(dorl, tagged)[1]).toBe(dorl[1]);
    expect(keepCompared(dorl, dorl.slice(1))).toEqual(dorl.slice(1));
    expect(keepCompared([], dorl)).toEqual(dorl);
  });

  it('counts a repetition once: done beats newer, newer beats older', () => {
    const again = (status: 'done' | 'running', createdAt: string): RunRow =>
      row({ label: 'DORL', seed: 9, status, createdAt });
    const done = again('done', '2026-01-02T00:00:00.000Z');
    const older = again('done', '2026-01-01T00:00:00.000Z');
    const running = again('running', '2026-01-03T00:00:00.000Z');
    const { rows } = chooseRuns([older, running, done], from({ query: 'seed=9' }));
    expect(rows.map(({ id }) => id)).toEqual([done.id]);
  });

  it('leaves out archived runs that nobody named', () => {
    const archived = row({ label: 'DORL', seed: 5, config: { lambdaU: 0.1 }, archived: true });
    const all = [...dorl, archived];
    expect(chooseRuns(all, from({ runs: [first] })).rows).toHaveLength(2);
    expect(chooseRuns(all, from({ runs: [archived.id], exact: true })).rows).toHaveLength(1);
  });

  it('is the same after a way through the address', () => {
    const source = { runs: ['a', 'b'], exact: true, experiments: ['x'], query: 'seed<3' };
    expect(readSource(writeSource(source))).toEqual(source);
    expect(readSource({})).toEqual(noSource);
  });
});

describe('groups', () => {
  it('hold the seeds of one configuration and are named by what tells them apart', () => {
    const rows = [0.1, 0.2].flatMap((lambdaU) =>
      [0, 1, 2].map((seed) => row({ label: 'DORL', seed, config: { lambdaU, epochs: 5 } })),
    );
    const groups = groupRuns([...rows, row({ label: 'MOPO' })], fields);
    expect(groups.map(({ name, rows: own }) => [name, own.length])).toEqual([
      ['DORL, lambdaU 0.1', 3],
      ['DORL, lambdaU 0.2', 3],
      ['MOPO', 1],
    ]);
  });

  it('can be of any field', () => {
    const rows = [row({ label: 'A', seed: 1 }), row({ label: 'B', seed: 1 }), row({ seed: 2 })];
    expect(groupRuns(rows, ['seed']).map(({ rows: own }) => own.length)).toEqual([2, 1]);
  });

  it('keep their id when seeds join', () => {
    const one = groupRuns([row({ seed: 0 })], fields);
    const two = groupRuns([row({ seed: 0 }), row({ seed: 1 })], fields);
    expect(two.map(({ id }) => id)).toEqual(one.map(({ id }) => id));
  });

  it('keep their place in the palette when others join or leave', () => {
    const before = assignSlots(['a', 'b', 'c'], {});
    const kept = Object.fromEntries([...before].map(([id, slot]) => [id, { slot }]));
    expect([...assignSlots(['0', 'c', 'b'], kept)]).toEqual([
      ['c', 2],
      ['b', 1],
      ['0', 0],
    ]);
  });

  it('look different from each other far beyond ten', () => {
    const looks = Array.from({ length: 50 }, (_, slot) => JSON.stringify(lookOf(slot)));
    expect(new Set(looks).size).toBe(50);
  });

  it('are shown as chosen: renamed, coloured, hidden, one of them the baseline', () => {
    const [group] = groupRuns([row({ label: 'DORL' })], fields);
    const id = group?.id ?? '';
    const choices = { [id]: { name: 'Ours', colour: '#123456', hidden: true } };
    expect(showGroups(group === undefined ? [] : [group], choices, id)).toMatchObject([
      { name: 'Ours', hidden: true, isBaseline: true, look: { colour: '#123456' } },
    ]);
  });
});

describe('the difference of configurations', () => {
  const protocol = protocolSchema.parse({ maxLength: 10 });
  const plain = row({
    label: 'DORL',
    config: { lambdaU: 0.1, hidden: [64, 64], net: { depth: 2 } },
  });
  const other = row({
    label: 'DORL',
    config: { lambdaU: 0.2, hidden: [64, 64], net: { depth: 3 } },
  });
  const moved: RunRow = {
    ...other,
    protocolHash: '1'.repeat(64),
    spec: { ...other.spec, protocol },
    device: { device: 'native-cpu', tensorflow: '2.16', node: '24', threads: 1, xla: false },
  };
  const groups = groupRuns([plain, moved], ['cell']);
  const found = diffGroups(groups);
  const named = (section: string, name: string) =>
    found.find((field) => field.section === section && field.name === name);

  it('flattens what is nested and says which fields differ', () => {
    expect(named('setting', 'net.depth')).toMatchObject({
      differs: true,
      cells: [{ values: ['2'] }, { values: ['3'] }],
    });
    expect(named('setting', 'hidden')).toMatchObject({ differs: false });
    expect(named('protocol', 'maxLength')).toMatchObject({ differs: true });
    expect(named('device', 'used.tensorflow')?.cells.map(({ values }) => values)).toEqual([
      ['–'],
      ['2.16'],
    ]);
  });

  it('tells a group whose own runs differ', () => {
    const mixed = groupRuns([plain, other], ['label']);
    const field = diffGroups(mixed).find(({ name }) => name === 'lambdaU');
    expect(field).toMatchObject({ differs: true, cells: [{ values: ['0.1', '0.2'] }] });
  });

  it('is searched by name and value', () => {
    expect(searchDiff(found, 'LAMBDA').map(({ name }) => name)).toEqual(['lambdaU']);
    expect(searchDiff(found, '2.16').map(({ name }) => name)).toEqual(['used.tensorflow']);
  });
});
