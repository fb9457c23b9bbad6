import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeQuery } from '#renderer/lib/row-query-completion.ts';
import { parseQuery } from '#renderer/lib/row-query.ts';
import { fixedColumns, metricColumns, settingColumns } from '#renderer/lib/run-rows.ts';
import { runRow } from './rows.ts';

const dayMs = 86_400_000;
const rows = [
  runRow({ label: 'A', seed: 0, rTra: 1, tags: ['paper', 'check'], config: { rate: 0.1 } }),
  runRow({ label: 'B', seed: 1, rTra: 2.5, note: 'look again', config: { rate: 0.2 } }),
  runRow({ label: 'C', seed: 2, rTra: 4, archived: true }),
  runRow({ label: 'D', seed: 3, rTra: null, favourite: true, status: 'failed' }),
  runRow({
    label: 'E',
    seed: 4,
    rTra: 9,
    createdAt: new Date(Date.now() - 2 * dayMs).toISOString(),
  }),
];
const columns = [...fixedColumns, ...metricColumns(rows), ...settingColumns(rows)];

function labels(query: string): string {
  const parsed = parseQuery(query, columns);
  if (!parsed.ok) throw new Error(parsed.message);
  return rows
    .filter(parsed.test)
    .map(({ label }) => label)
    .join('');
}

describe('filters', () => {
  it.each([
    ['', 'ABDE'],
    ['archived:yes', 'C'],
    ['archived:yes,no', 'ABCDE'],
    ['seed:1..3', 'BD'],
    ['rTra:2..', 'BE'],
    ['rTra:..2', 'A'],
    ['-rTra:2..', 'AD'],
    ['has:tag', 'A'],
    ['has:note', 'B'],
    ['-has:rTra', 'D'],
    ['favourite:yes', 'D'],
    ['again', 'B'],
    ['tags:paper', 'A'],
    ['created>7d', 'E'],
    ['created<7d', 'ABD'],
    ['created<2026-01-02', 'ABD'],
    ['created:2026-01-01..2026-01-02', 'ABD'],
    ['(seed=0 OR seed=1) -has:note', 'A'],
  ])('%s', (query, expected) => {
    expect(labels(query)).toBe(expected);
  });

  /** A query with the test that it ought to be, built side by side. */
  const atom = fc.oneof(
    fc.integer({ min: 0, max: 5 }).map((seed) => ({
      text: `seed<=${seed}`,
      test: (at: number) => at <= seed,
    })),
    fc.constantFrom(0, 1, 3, 4).map((seed) => ({
      text: `seed=${seed}`,
      test: (at: number) => at === seed,
    })),
    fc.constant({ text: 'status:failed', test: (at: number) => at === 3 }),
  );
  type Both = { text: string; test: (at: number) => boolean };
  const { tree } = fc.letrec<{ tree: Both }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      atom,
      tie('tree').map(({ text, test }) => ({
        text: `-(${text})`,
        test: (at: number) => !test(at),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        text: `(${a.text} OR ${b.text})`,
        test: (at: number) => a.test(at) || b.test(at),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        text: `(${a.text}) (${b.text})`,
        test: (at: number) => a.test(at) && b.test(at),
      })),
    ),
  }));

  it('mean what their brackets, OR, blanks and minus say', () => {
    fc.assert(
      fc.property(tree, ({ text, test }) => {
        const expected = rows.filter((row) => !row.archived && test(row.spec.seed));
        expect(labels(text)).toBe(expected.map(({ label }) => label).join(''));
      }),
    );
  });
});

describe('completion', () => {
  const typed = (query: string, cursor = query.length) =>
    completeQuery(query, cursor, columns, rows).map(({ text, from, to }) => {
      return query.slice(0, from) + text + query.slice(to);
    });

  it('offers fields, then operators, then values with how many runs have them', () => {
    expect(typed('sta')).toContain('status:');
    expect(typed('seed')).toContain('seed>');
    expect(typed('A OR status:')).toContain('A OR status:done');
    expect(completeQuery('status:', 7, columns, rows)).toContainEqual({
      text: 'done',
      detail: '4 runs',
      from: 7,
      to: 7,
    });
    expect(typed('-tags:pa')).toEqual(['-tags:paper']);
    expect(typed('tags:paper,')).toContain('tags:paper,check');
    expect(typed('(has:no')).toEqual(['(has:note']);
    expect(typed('rat')).toContain('rate:');
    expect(typed('created>')).toContain('created>7d');
    expect(typed('nothing:')).toEqual([]);
  });

  it('completes where the cursor is, in any text', () => {
    expect(typed('sta seed=1', 3)).toContain('status: seed=1');
    fc.assert(
      fc.property(fc.string(), fc.nat(), (query, place) => {
        const cursor = Math.min(place, query.length);
        for (const { from, to } of completeQuery(query, cursor, columns, rows)) {
          expect(from).toBeLessThanOrEqual(to);
          expect(to).toBe(cursor);
        }
      }),
    );
  });
});
