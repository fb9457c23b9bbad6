import writeExcelFile, { type CellObject, type Row } from 'write-excel-file/universal';
import { noValue } from './format.ts';
import { arrows, headSpans, startsBlock } from './headings.ts';
import { dimensionTitles, type Table, type TableCell, type TableHead } from './table-model.ts';

/** A sheet before it is packed: what tests look at. */
export interface Sheet {
  readonly sheet: string;
  readonly data: Row[];
  readonly columns: { width: number }[];
}

/** Numbers in a mean's place: one column for the mean, and one or two for its spread. */
const spreadColumns = { width: 1, interval: 2 } as const;

const text = (value: string, more: Partial<CellObject> = {}): CellObject => ({
  // An empty text is no value for the writer.
  ...(value === '' ? {} : { value, type: String }),
  ...more,
});

const headText = ({ text: name, mark, remark, direction }: TableHead): string =>
  [name + (mark ?? ''), remark === null ? '' : `(${remark})`, arrows[direction]]
    .filter((part) => part !== '')
    .join(' ');

/** A format that shows a number with fixed digits between two texts, so that it stays a number. */
function numberFormat(digits: number, before = '', after = ''): string {
  const quoted = (part: string): string => (part === '' ? '' : `"${part.replaceAll('"', '')}"`);
  const shown = digits === 0 ? '0' : `0.${'0'.repeat(digits)}`;
  const [left, right] = [quoted(before), quoted(after)];
  return `${left}${shown}${right};${left}-${shown}${right}`;
}

const number = (value: number, format: string, more: Partial<CellObject> = {}): CellObject => ({
  value,
  type: Number,
  format,
  align: 'right',
  ...more,
});

function cellsOf(cell: TableCell | null, width: number): CellObject[] {
  const blanks = (count: number): CellObject[] => Array.from({ length: count }, () => ({}));
  const { mean, digits, spread } = {
    mean: cell?.cell.mean ?? null,
    digits: cell?.digits ?? 0,
    spread: cell?.spread ?? null,
  };
  if (cell === null || mean === null) {
    return [text(noValue, { align: 'right' }), ...blanks(width - 1)];
  }
  const marks = cell.marks.length === 0 ? '' : ` ${cell.marks.join(',')}`;
  const style: Partial<CellObject> =
    cell.rank === 'best'
      ? { fontWeight: 'bold' }
      : cell.rank === 'second'
        ? { textDecoration: { underline: true } }
        : {};
  const value = number(mean, numberFormat(digits, '', spread === null ? marks : ''), style);
  if (spread === null) return [value, ...blanks(width - 1)];
  if (spread.kind === 'width') {
    return [value, number(spread.value, numberFormat(digits, '± ', marks), { align: 'left' })];
  }
  const [low, high] = spread.values;
  return [
    value,
    number(low, numberFormat(digits, '[', ',')),
    number(high, numberFormat(digits, '', `]${marks}`), { align: 'left' }),
  ];
}

const rule = { bottomBorderStyle: 'thin' } as const;

/** Names above the columns, merged over all numbers that they stand for. */
function headerRows({ layout, columns }: Table, width: number): Row[] {
  const titles = layout.rows.map((dimension) => dimensionTitles[dimension]);
  const levels = Math.max(1, layout.columns.length);
  return Array.from({ length: levels }, (_, level) => {
    const isLast = level === levels - 1;
    const more = { fontWeight: 'bold', ...(isLast ? rule : {}) } as const;
    const corner = titles.map((title) => text(isLast ? title : '', more));
    const spans =
      layout.columns.length === 0
        ? [{ name: 'Value', span: 1 }]
        : headSpans(columns, level).map(({ head, span }) => ({ name: headText(head), span }));
    const names = spans.flatMap(({ name, span }) => {
      const over = span * width;
      const blanks = Array.from({ length: over - 1 }, () => null);
      return [text(name, { ...more, align: 'center', columnSpan: over }), ...blanks];
    });
    return [...corner, ...names];
  });
}

function tableSheet(table: Table): Sheet {
  const { rows, columns, layout, cells } = table;
  const kinds = cells.flat().map((cell) => cell?.spread?.kind);
  const extra = kinds.includes('interval')
    ? spreadColumns.interval
    : kinds.includes('width')
      ? spreadColumns.width
      : 0;
  const width = 1 + extra;
  const starts = layout.rows.map(
    (_dimension, level) =>
      new Map(headSpans(rows, level).map(({ first, head }) => [first, head] as const)),
  );
  const body = rows.map((_row, at): Row => {
    const border = startsBlock(rows, at) ? ({ topBorderStyle: 'thin' } as const) : {};
    const names = starts.map((level) => {
      const head = level.get(at);
      return text(head === undefined ? '' : headText(head));
    });
    const values = (cells[at] ?? []).flatMap((cell) => cellsOf(cell, width));
    return [...names, ...values].map((cell) => ({ ...cell, ...border }));
  });
  return {
    sheet: 'Table',
    data: [...headerRows(table, width), ...body, [], ...table.notes.map((note) => [text(note)])],
    columns: [
      ...layout.rows.map(() => ({ width: 26 })),
      ...columns.flatMap(() => Array.from({ length: width }, () => ({ width: 11 }))),
    ],
  };
}

/** One line a run: the numbers behind the cells. */
function valuesSheet(table: Table): Sheet {
  const titles = ['Dataset', 'Method', 'Label', 'Metric', 'Aggregation', 'Seed', 'Value', 'Run'];
  const lines = table.cells.flat().flatMap((shown): Row[] => {
    if (shown === null || shown.cell.group !== 'own') return [];
    const { dataset, method, label, metric, aggregation, values } = shown.cell;
    return values.map(({ seed, value, run }): Row => [
      ...[dataset, method, label, metric, aggregation].map((each) => text(each)),
      number(seed, '0'),
      value === null || !Number.isFinite(value) ? text(noValue) : { value, type: Number },
      text(run ?? ''),
    ]);
  });
  return {
    sheet: 'Values by seed',
    data: [titles.map((title) => text(title, { fontWeight: 'bold', ...rule })), ...lines],
    columns: titles.map((title) => ({ width: title === 'Label' || title === 'Run' ? 28 : 14 })),
  };
}

/** What the workbook holds: the table as it is shown, and the values behind it. */
export const xlsxSheets = (table: Table): Sheet[] => [tableSheet(table), valuesSheet(table)];

/** An Excel workbook, packed. */
export async function renderXlsx(table: Table): Promise<Uint8Array> {
  const blob = await writeExcelFile(xlsxSheets(table)).toBlob();
  return new Uint8Array(await blob.arrayBuffer());
}
