import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellObject } from 'write-excel-file/universal';
import type { Layout, Spread } from '#contract/table-recipe.ts';
import { renderCsv } from '#report/csv.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { tableRecords } from '#report/records.ts';
import type { Table } from '#report/table-model.ts';
import { renderXlsx, xlsxSheets } from '#report/xlsx.ts';
import { entry, exampleEntries, tableOf } from './report-fixture.ts';

const layouts: readonly Layout[] = [
  { rows: ['method'], columns: ['dataset', 'metric'] },
  { rows: ['dataset', 'method'], columns: ['metric'] },
  { rows: ['metric'], columns: ['method', 'dataset'] },
  { rows: ['metric', 'dataset'], columns: ['method'] },
  { rows: ['dataset', 'metric', 'method'], columns: [] },
];
const spreads: readonly Spread[] = ['std', 'sem', 'ci', 'bootstrap', 'none'];

/** Every cell as it is shown, marks included, row by row. */
const shownCells = (table: Table): string[] =>
  table.cells.flat().map((cell) => {
    if (cell === null) return '–';
    return cell.marks.length === 0 ? cell.shown : `${cell.shown} ${cell.marks.join(',')}`;
  });

const chunk = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );

function fromMarkdown(text: string, names: number): string[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).flatMap((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1 + names, -1)
      .map((cell) =>
        cell
          .trim()
          .replaceAll(/\*\*|<\/?(?:u|sup)>/g, '')
          .replaceAll('\\', ''),
      ),
  );
}

function fromLatex(text: string, names: number): string[] {
  const [, , after = ''] = text.split(/\\(?:top|mid)rule\n/);
  const body =
    after === '' ? '' : text.slice(text.indexOf('\\midrule'), text.indexOf('\\bottomrule'));
  const lines = body.split('\n').filter((line) => line.endsWith(' \\\\'));
  return lines.flatMap((line) =>
    line
      .slice(0, -3)
      .split(/(?<!\\)&/)
      .slice(names)
      .map((cell) =>
        cell
          .trim()
          .replaceAll('{[}', '[')
          .replaceAll('{]}', ']')
          .replaceAll('{*}', '*')
          .replaceAll('$-$', '-')
          .replaceAll('$\\pm$', '±')
          .replaceAll('$\\dagger$', '†')
          .replace(/\\(?:textbf|underline)\{([^}]*)\}/, '$1')
          .replace(/\\textsuperscript\{([^}]*)\}/, ' $1')
          .replace(/^--$/, '–'),
      ),
  );
}

/** What a spreadsheet shows of a cell: its text, or its number in its format. */
function displayed(cell: CellObject | null): string {
  if (cell === null || cell.value === undefined) return '';
  if (typeof cell.value === 'string') return cell.value;
  const sections = cell.format?.split(';') ?? [];
  const value = Number(cell.value);
  const format = sections[value < 0 ? 1 : 0] ?? '';
  const digits = /0\.?(0*)/.exec(format.replaceAll(/"[^"]*"/g, ''))?.[1]?.length ?? 0;
  const text = Math.abs(value).toFixed(digits);
  const isZero = Number(text) === 0;
  const shown = format.replace(
    /-?0(?:\.0+)?(?=(?:"[^"]*")?$)/,
    value < 0 && !isZero ? `-${text}` : text,
  );
  return shown.replaceAll('"', '');
}

function fromXlsx(table: Table, names: number): string[] {
  const [sheet] = xlsxSheets(table);
  const levels = Math.max(1, table.layout.columns.length);
  const rows = (sheet?.data ?? []).slice(levels, levels + table.rows.length);
  const width = ((rows[0]?.length ?? 0) - names) / Math.max(1, table.columns.length);
  return rows.flatMap((row) =>
    chunk(row.slice(names), width).map((cells) =>
      cells
        .map((cell) => displayed(cell as CellObject | null))
        .filter((text) => text !== '')
        .join(' '),
    ),
  );
}

const value = fc.double({ min: -1000, max: 1000, noNaN: true }).map((each) => each || 0);
const sample = fc.array(value, { minLength: 1, maxLength: 4 });
const significance = {
  baseline: 'row0',
  test: 'welch',
  alpha: 0.05,
  correction: 'holm',
} as const;

describe('every format shows the same numbers and marks', () => {
  it('for any values, layout and spread', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sample, sample), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...layouts),
        fc.constantFrom(...spreads),
        fc.constantFrom(0, 2, 5),
        (rows, layout, spread, digits) => {
          const entries = rows.flatMap(([first, second], at) => [
            entry(first, { label: `row${at}` }),
            entry(second, { label: `row${at}`, metric: 'mcd', dataset: 'other' }),
          ]);
          const table = tableOf(entries, { layout, spread, digits, significance });
          const shown = shownCells(table);
          const names = layout.rows.length;
          expect(fromMarkdown(renderMarkdown(table), names)).toEqual(shown);
          if (layout.columns.length > 0) {
            expect(fromLatex(renderLatex(table), names)).toEqual(shown);
          }
          // Texts of a number's format do not tell what is a gap.
          const gapless = (texts: readonly string[]) =>
            texts.map((text) => text.replaceAll(' ', ''));
          expect(gapless(fromXlsx(table, names))).toEqual(gapless(shown));
          const records = tableRecords(table);
          expect(
            records.map(({ shown: text, marks }) =>
              marks === '' ? text : `${text} ${marks.replaceAll(' ', ',')}`,
            ),
          ).toEqual(shown.filter((text) => text !== '–'));
          const csv = renderCsv(records);
          for (const { shown: text } of records) expect(csv).toContain(text);
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Members of a zip file by name, inflated; the central directory tells where they are. */
function unzip(bytes: Uint8Array): Map<string, string> {
  const file = Buffer.from(bytes);
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const members = new Map<string, string>();
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [nameBytes, extraBytes, noteBytes] = [28, 30, 32].map((by) => file.readUInt16LE(at + by));
    const name = file.toString('utf8', at + 46, at + 46 + (nameBytes ?? 0));
    const header = file.readUInt32LE(at + 42);
    const from = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
    const packed = file.subarray(from, from + file.readUInt32LE(at + 20));
    const isStored = file.readUInt16LE(at + 10) === 0;
    members.set(name, (isStored ? packed : inflateRawSync(packed)).toString('utf8'));
    at += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (noteBytes ?? 0);
  }
  return members;
}

describe('an Excel workbook', () => {
  const table = tableOf(exampleEntries());

  it('keeps numbers numbers, the best bold and the second underlined', async () => {
    const members = unzip(await renderXlsx(table));
    const sheet = members.get('xl/worksheets/sheet1.xml') ?? '';
    const mean = String((71.1 + 71.4 + 71.9) / 3);
    expect(sheet).toMatch(
      new RegExp(`<c (?![^>]*t="(?:s|str|inlineStr)")[^>]*>\\s*<v>${mean.slice(0, 10)}`),
    );
    const styles = members.get('xl/styles.xml') ?? '';
    expect(styles).toContain('<b/>');
    expect(styles).toContain('<u/>');
    expect(styles).toContain('± ');
    const [first] = xlsxSheets(table);
    const best = first?.data[2]?.[1] as CellObject;
    expect(best).toMatchObject({ type: Number, fontWeight: 'bold' });
    const underlined = expect.objectContaining({ textDecoration: { underline: true } }) as unknown;
    expect(first?.data[2]).toContainEqual(underlined);
  });

  it('has the values of all seeds on a second sheet, and no formula from a label', async () => {
    const odd = tableOf([entry([1, null, Number.NaN], { label: '=1+1' })]);
    const [, values] = xlsxSheets(odd);
    expect(values?.data).toHaveLength(4);
    expect(values?.data[1]?.[6]).toMatchObject({ value: 1, type: Number });
    expect(values?.data[2]?.[6]).toMatchObject({ value: '–' });
    const members = unzip(await renderXlsx(odd));
    expect([...members.values()].join('')).not.toContain('<f>');
  });
});
