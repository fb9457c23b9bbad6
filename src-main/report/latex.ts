import { noValue } from './format.ts';
import { headSpans, splitSymbol, startsBlock } from './headings.ts';
import { escapeLatex } from './latex-text.ts';
import {
  dimensionTitles,
  type ShownSpread,
  type Table,
  type TableCell,
  type TableHead,
} from './table-model.ts';

export interface LatexOptions {
  readonly caption?: string;
  /** What `\ref` uses; characters that a label cannot hold are replaced. */
  readonly label?: string;
}

const arrows = { max: '~$\\uparrow$', min: '~$\\downarrow$', none: '' } as const;

const number = (text: string): string =>
  text === noValue ? '--' : text.startsWith('-') ? `$-$${text.slice(1)}` : text;

/** A metric's `R_tra` is a letter with an index. */
function nameText({ dimension, text }: TableHead): string {
  const symbol = dimension === 'metric' ? splitSymbol(text) : null;
  return symbol === null
    ? escapeLatex(text)
    : `${escapeLatex(symbol.base)}\\textsubscript{${escapeLatex(symbol.index)}}`;
}

function headText(head: TableHead): string {
  const mark = head.mark === null ? '' : `\\textsuperscript{${escapeLatex(head.mark)}}`;
  const name = nameText(head) + mark;
  const remark = head.remark === null ? name : `\\textit{${name}} (${escapeLatex(head.remark)})`;
  return remark + arrows[head.direction];
}

function spreadText(spread: ShownSpread | null): string {
  if (spread === null) return '';
  return spread.kind === 'width'
    ? ` $\\pm$ ${number(spread.width)}`
    : ` {[}${number(spread.low)}, ${number(spread.high)}{]}`;
}

function formatCell(cell: TableCell | null): string {
  if (cell === null) return '--';
  const mean = number(cell.mean);
  const ranked =
    cell.rank === 'best'
      ? `\\textbf{${mean}}`
      : cell.rank === 'second'
        ? `\\underline{${mean}}`
        : mean;
  const marks =
    cell.marks.length === 0 ? '' : `\\textsuperscript{${cell.marks.map(escapeLatex).join(',')}}`;
  return ranked + spreadText(cell.spread) + marks;
}

/** Lines of names above the columns, each but the last with rules below its names. */
function header({ layout, columns }: Table): string[] {
  const titles = layout.rows.map((dimension) => dimensionTitles[dimension]);
  const offset = titles.length;
  if (layout.columns.length === 0) return [`${[...titles, 'Value'].join(' & ')} \\\\`];
  return layout.columns.flatMap((_dimension, level) => {
    const isLast = level === layout.columns.length - 1;
    const spans = headSpans(columns, level);
    const names = spans.map(({ head, span }) =>
      isLast ? headText(head) : `\\multicolumn{${span}}{c}{${headText(head)}}`,
    );
    const line = `${[...titles.map((title) => (isLast ? title : '')), ...names].join(' & ')} \\\\`;
    if (isLast) return [line];
    const rules = spans.map(
      ({ first, span }) => `\\cmidrule(lr){${first + offset + 1}-${first + offset + span}}`,
    );
    return [line, rules.join(' ')];
  });
}

function body({ layout, rows, cells }: Table): string[] {
  const starts = layout.rows.map(
    (_dimension, level) =>
      new Map(headSpans(rows, level).map(({ first, head }) => [first, head] as const)),
  );
  return rows.flatMap((_row, at) => {
    const names = starts.map((level) => {
      const head = level.get(at);
      return head === undefined ? '' : headText(head);
    });
    const line = `${[...names, ...(cells[at] ?? []).map(formatCell)].join(' & ')} \\\\`;
    return startsBlock(rows, at) ? ['\\midrule', line] : [line];
  });
}

/** `Results on coat, kuairec.` */
function defaultCaption({ cells }: Table): string {
  const datasets = cells.flat().flatMap((cell) => cell?.cell.dataset ?? []);
  return datasets.length === 0 ? 'Results.' : `Results on ${[...new Set(datasets)].join(', ')}.`;
}

/** What stands below the table, one paragraph a note. */
function notes(table: Table): string[] {
  if (table.notes.length === 0) return [];
  const lines = table.notes.map((note) => `${escapeLatex(note)}\\par`);
  return ['\\par\\smallskip', '{\\footnotesize\\raggedright', ...lines, '}'];
}

/** A complete `table` environment with booktabs rules. */
export function renderLatex(table: Table, options: LatexOptions = {}): string {
  const label = (options.label ?? 'results').replace(/[^A-Za-z0-9:.-]+/g, '-');
  const columns = 'l'.repeat(table.layout.rows.length) + 'r'.repeat(table.columns.length);
  return [
    '% Needs \\usepackage{booktabs}.',
    '\\begin{table}[t]',
    '\\centering',
    `\\caption{${escapeLatex(options.caption ?? defaultCaption(table))}}`,
    `\\label{tab:${label}}`,
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    ...(table.columns.length === 0 ? [] : header(table)),
    '\\midrule',
    ...body(table),
    '\\bottomrule',
    '\\end{tabular}',
    ...notes(table),
    '\\end{table}',
    '',
  ].join('\n');
}
