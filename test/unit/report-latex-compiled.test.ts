import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { renderLatex } from '#report/latex.ts';
import { entry, exampleEntries, tableOf } from './report-fixture.ts';

const hasLatex = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'pdflatex')));
const folder = mkdtempSync(join(tmpdir(), 'offrec-latex-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sets the tables in one document; rejects with LaTeX's complaints. */
async function compile(name: string, tables: readonly string[]): Promise<string> {
  const lines = [
    '\\documentclass{article}',
    '\\usepackage{booktabs}',
    '\\begin{document}',
    '\\listoftables',
    ...tables.map((table) => `${table}\\clearpage`),
    '\\end{document}',
  ];
  writeFileSync(join(folder, `${name}.tex`), lines.join('\n'));
  const words = ['-interaction=nonstopmode', '-halt-on-error', `${name}.tex`];
  // Twice: the list of tables reads captions that the first pass wrote.
  for (let pass = 0; pass < 2; pass++) {
    await promisify(execFile)('pdflatex', words, { cwd: folder }).catch(() => {
      const log = readFileSync(join(folder, `${name}.log`), 'latin1');
      throw new Error(/^!(?:.*\n){8}/m.exec(log)?.[0] ?? log.slice(-2000));
    });
  }
  return readFileSync(join(folder, `${name}.pdf`), 'latin1');
}

// Needs pdflatex and booktabs (texlive-latex-base and texlive-latex-recommended); shown as skipped without them.
describe.skipIf(!hasLatex)('a real LaTeX', () => {
  it('sets the example in every layout', async () => {
    const significance = {
      baseline: 'MBPO',
      test: 'welch',
      alpha: 0.05,
      correction: 'holm',
    } as const;
    const tables = [
      tableOf(exampleEntries(), { significance }),
      tableOf(exampleEntries(), { layout: { rows: ['dataset', 'method'], columns: ['metric'] } }),
      tableOf(exampleEntries(), {
        layout: { rows: ['metric'], columns: ['method', 'dataset'] },
        spread: 'bootstrap',
      }),
      tableOf(exampleEntries(), { layout: { rows: ['method', 'dataset', 'metric'], columns: [] } }),
      tableOf([]),
    ].map((table) => renderLatex(table));
    expect(await compile('layouts', tables)).toMatch(/^%PDF/);
  });

  it('sets any label, dataset and caption', async () => {
    const specials = [
      '\\',
      '{',
      '}',
      '$',
      '&',
      '#',
      '%',
      '_',
      '^',
      '~',
      '"',
      "'",
      '`',
      '[',
      ']',
      '-',
      '*',
      '@',
    ];
    const words = [
      '\\input{x}',
      '\\end{table}',
      '$$',
      '^^M',
      '\\fi',
      'é',
      'Å',
      'ñ',
      'ß',
      'λ',
      'Σ',
      '±',
      '中文',
      '😀',
    ];
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...specials, ...words, 'a', ' '), maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    );
    const samples = fc.sample(fc.tuple(text, text, text), { numRuns: 150, seed: 4 });
    const tables = samples.map(([label, dataset, caption]) =>
      renderLatex(
        tableOf([
          entry([1, 2], { label, dataset }),
          entry([3, 4], { label: `${label}2`, dataset }),
        ]),
        {
          caption,
          label: caption,
        },
      ),
    );
    expect(await compile('hostile', tables)).toMatch(/^%PDF/);
  });
});
