import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { protocolPresets, protocolSchema } from '#contract/protocol.ts';
import type { Published } from '#contract/published.ts';
import { aggregateCells } from '#report/cells.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { obstacles, parsePublished, publishedCells, type OwnSetting } from '#report/published.ts';
import { buildTable } from '#report/table.ts';
import { entry, metrics } from './report-fixture.ts';

const folder = new URL('../../resources/published/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string): Published =>
  parsePublished(readFileSync(new URL(name, folder), 'utf8'), name);

const own: OwnSetting = {
  dataset: 'my-coat',
  kind: 'coat',
  groundTruth: 'supplied',
  protocol: protocolSchema.parse(protocolPresets.nx0),
  protocolHash: 'a'.repeat(64),
};

describe('published figures', () => {
  it.each(files)('%s has the form that the schema asks for', (name) => {
    expect(read(name).rows.length).toBeGreaterThan(0);
  });

  it('holds the Coat rows under NX_0 with the published numbers', () => {
    const cells = publishedCells(read('coat-nx0.json'), own, 'all-epochs');
    const value = (method: string, metric: string) =>
      cells.find((cell) => cell.method === method && cell.metric === metric);
    expect(value('dorl', 'rTra')).toMatchObject({ mean: 71.3993, std: 2.064, seeds: 1 });
    expect(value('mopo', 'rTra')?.mean).toBe(71.1804);
    expect(value('mbpo', 'rTra')?.mean).toBe(71.1931);
    expect(value('roler', 'rEach')?.mean).toBe(2.5387);
    expect(value('dorl', 'coverage')?.mean).toBe(0.9349);
    expect(value('dorl', 'rTra')).toMatchObject({ spreadOver: 'epochs', sem: null });
    expect(publishedCells(read('coat-nx0.json'), own, 'last-quarter')).toHaveLength(12);
    expect(publishedCells(read('coat-nx0.json'), own, 'final')).toEqual([]);
  });

  it('may be ranked under the same rules, where a distance rule that never fires is no rule', () => {
    expect(obstacles(read('coat-nx0.json'), own, 'all-epochs')).toEqual([]);
    const cells = publishedCells(read('coat-nx0.json'), own, 'all-epochs');
    const hash = (method: string) => cells.find((cell) => cell.method === method)?.protocolHash;
    expect(hash('dorl')).toBe(own.protocolHash);
    expect(hash('gt-reward')).toBeNull();
  });

  it.each([
    [{ users: 'stratified' }, 'users random there, stratified here'],
    [{ repeats: 'allowed' }, 'repeats removed there, allowed here'],
    [{ exitRule: 'distance', exitThreshold: 6 }, 'exitThreshold – there, 6 here'],
    [{ episodes: 1000 }, 'episodes 100 there, 1000 here'],
    [{ acting: 'greedy' }, 'acting sampled there, greedy here'],
  ] as const)('is set apart under %o', (change, difference) => {
    const other = { ...own, protocol: protocolSchema.parse({ repeats: 'removed', ...change }) };
    expect(obstacles(read('coat-nx0.json'), other, 'all-epochs')).toContain(difference);
    const cells = publishedCells(read('coat-nx0.json'), other, 'all-epochs');
    expect(new Set(cells.map((cell) => cell.protocolHash))).toEqual(new Set([null]));
  });

  it('is set apart when the ground truth was rebuilt, and absent for other data', () => {
    const published = read('coat-nx0.json');
    const rebuilt = { ...own, groundTruth: 'rebuilt' };
    expect(obstacles(published, rebuilt, 'all-epochs')).toEqual([
      'ground truth supplied there, rebuilt here',
    ]);
    expect(publishedCells(published, { ...own, kind: 'synthetic' }, 'all-epochs')).toEqual([]);
  });

  it('stands below own rows with its source, and takes no mark across protocols', () => {
    const other = { ...own, protocol: protocolSchema.parse({ users: 'stratified' }) };
    const cells = [
      ...publishedCells(read('coat-nx0.json'), other, 'all-epochs'),
      ...aggregateCells([
        entry([60, 61], { dataset: 'my-coat' }),
        entry([59, 59], { dataset: 'my-coat', label: 'MBPO', method: 'mbpo' }),
      ]),
    ];
    const table = buildTable(cells, { aggregation: 'all-epochs', metrics });
    expect(table.rows[0]).toMatchObject({ standing: 'own', heads: [{ text: 'DORL' }] });
    expect(table.cells[0]?.[0]?.rank).toBe('best');
    const apart = table.rows.flatMap(({ standing }, at) => (standing === 'apart' ? [at] : []));
    expect(apart.length).toBeGreaterThan(10);
    for (const at of apart) {
      expect(table.cells[at]?.every((cell) => cell === null || cell.rank === null)).toBe(true);
    }
    expect(renderMarkdown(table)).toContain('*DORL* (published, not comparable)');
    expect(renderLatex(table)).toContain('\\textit{DORL} (published, not comparable)');
    expect(table.notes.join(' ')).toContain(
      'not ranked with own rows (users random there, stratified here)',
    );
  });

  it('refuses a broken file with its name and field', () => {
    expect(() => parsePublished('{', 'x.json')).toThrow(
      expect.objectContaining({ code: 'invalid-input', where: 'x.json' }),
    );
    const broken = { ...read('coat-nx0.json'), seeds: 'one' };
    expect(() => parsePublished(JSON.stringify(broken), 'x.json')).toThrow(
      expect.objectContaining({ where: 'x.json at seeds' }),
    );
  });
});
