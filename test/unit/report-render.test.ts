import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCsv, writeCsv } from '#report/csv.ts';
import { escapeLatex } from '#report/latex-text.ts';
import { renderLatex } from '#report/latex.ts';
import { escapeMarkdown, renderMarkdown } from '#report/markdown.ts';
import { tableRecords } from '#report/records.ts';
import { entry, exampleEntries, tableOf } from './report-fixture.ts';

const fixture = (name: string): string => `../fixtures/report/${name}`;
const table = tableOf(exampleEntries());
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

/** A reader of RFC 4180, written from its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error(`no CSV field at ${field.lastIndex} of ${text}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n' && field.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

describe('golden files', () => {
  it('Markdown', async () => {
    await expect(renderMarkdown(table)).toMatchFileSnapshot(fixture('table.md'));
  });
  it('LaTeX', async () => {
    const text = renderLatex(table, { caption: 'Results.', label: 'main' });
    await expect(text).toMatchFileSnapshot(fixture('table.tex'));
  });
  it('CSV', async () => {
    await expect(renderCsv(tableRecords(table))).toMatchFileSnapshot(fixture('table.csv'));
  });
  it('JSON', async () => {
    const text = `${JSON.stringify(tableRecords(table), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(fixture('table.json'));
  });
});

describe('CSV', () => {
  it('reads back as written, with formulas made harmless', () => {
    const cell = fc.oneof(
      anyText,
      fc.constantFrom('=1+1', '+A1', '-x', '@cmd', '\tx', '\r', '"', ',', '\n'),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const header = cells.map((_, at) => `c${at}`);
        const record = Object.fromEntries(cells.map((text, at) => [`c${at}`, text]));
        const [names, values] = readCsv(writeCsv(header, [record]));
        expect(names).toEqual(header);
        cells.forEach((text, at) => {
          const guarded = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
          expect(values?.[at] ?? '').toBe(guarded);
        });
      }),
    );
  });

  it('keeps negative numbers numbers and writes nothing for what is none', () => {
    expect(writeCsv(['a', 'b', 'c'], [{ a: -1.5, b: Number.NaN, c: null }])).toBe(
      'a,b,c\r\n-1.5,,\r\n',
    );
  });
});

describe('Markdown', () => {
  it('keeps any label inside its cell', () => {
    fc.assert(
      fc.property(anyText, (label) => {
        const [header, , row] = renderMarkdown(tableOf([entry([1, 2], { label })])).split('\n');
        const bars = (line: string | undefined) => line?.match(/(?<!\\)(?:\\\\)*\|/g)?.length;
        expect(bars(row)).toBe(bars(header));
      }),
    );
  });

  it('escapes what would become mark-up', () => {
    expect(escapeMarkdown('a_b _c_*d`e|f<g>&h')).toBe('a_b \\_c\\_\\*d\\`e\\|f&lt;g>&amp;h');
    expect(escapeMarkdown('- a')).toBe('\\- a');
    expect(escapeMarkdown('[x](javascript:0)')).toBe('\\[x\\](javascript:0)');
    expect(escapeMarkdown('two\r\nlines')).toBe('two lines');
  });
});

/** Braces balanced and every special character escaped: what LaTeX needs to read text as text. */
function expectPlainLatex(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at] ?? '';
    if (mark === '\\') {
      const command =
        /^\\(?:[a-z]+\{\}|[{}$&#%_]|[`'^~=".](?=\{[a-z]\})|[urHvc](?=\{[a-z]\}))/i.exec(
          text.slice(at),
        );
      expect(command, `command at ${at} of ${text}`).not.toBeNull();
      at += (command?.[0].length ?? 1) - 1;
    } else if (mark === '{') depth++;
    else if (mark === '}') depth--;
    else expect('&#%_^~\n\r'.includes(mark), `${mark} at ${at} of ${text}`).toBe(false);
    expect(depth).toBeGreaterThanOrEqual(0);
  }
  expect(depth).toBe(0);
}

describe('LaTeX', () => {
  it('escapes any text', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
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
        'a',
        '\n',
        '[',
        ']',
      ),
    });
    fc.assert(
      fc.property(fc.oneof(anyText, hostile), (text) => {
        // Mathematics comes from signs that have no text form only; what no font has is left to other engines.
        const plain = escapeLatex(text)
          .replaceAll(/\$(?:-|\\[a-z]+|\{\}\^\{(?:\d|\\circ)\})\$/gi, '')
          .replaceAll(
            /\\ifx\\Umathchar\\undefined\{\[\}[U+0-9A-F ]+\{\]\}\\else .+?\\fi\{\}/gsu,
            '',
          );
        expectPlainLatex(plain.replaceAll('~', ''));
      }),
    );
    expect(escapeLatex('50% of a_b & \\input{x}')).toBe(
      '50\\% of a\\_b \\& \\textbackslash{}input\\{x\\}',
    );
  });

  it('has as many cells in each row as columns', () => {
    fc.assert(
      fc.property(anyText, anyText, (label, dataset) => {
        const lines = renderLatex(tableOf([entry([1, 2], { label, dataset })])).split('\n');
        const rows = lines.filter((line) => line.endsWith(' \\\\'));
        expect(rows).toHaveLength(3);
        for (const row of rows) expect(row.match(/(?<!\\)&/g)).toHaveLength(1);
      }),
    );
  });

  it('opens and closes every environment and sets rules between groups', () => {
    const text = renderLatex(table, { label: 'a b_c' });
    expect(text.match(/\\begin\{[a-z]+\}/g)).toHaveLength(2);
    expect(text.match(/\\end\{[a-z]+\}/g)).toHaveLength(2);
    for (const rule of ['toprule', 'bottomrule', 'cmidrule(lr){2-3} \\cmidrule(lr){4-4}']) {
      expect(text).toContain(`\\${rule}`);
    }
    expect(text.match(/\\midrule/g)).toHaveLength(2);
    expect(text).toContain('\\label{tab:a-b-c}');
    expect(text).toContain('\\underline{0.420}');
    expect(renderLatex(tableOf(exampleEntries(), { second: false }))).not.toContain('\\underline');
  });
});
