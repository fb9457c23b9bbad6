import { noValue, singleLine } from './format.ts';
import type { Table, TableCell, TableColumn, TableRow } from './table-model.ts';

export interface LatexOptions {
  readonly caption?: string;
  /** What `\ref` uses; characters that a label cannot hold are replaced. */
  readonly label?: string;
  /** Underline the second of each column. */
  readonly underlineSecond?: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "''",
  '`': '\\textasciigrave{}',
  // A row that begins with a bracket would be read as the argument of the line break before it.
  '[': '{[}',
  ']': '{]}',
  '±': '$\\pm$',
  '–': '--',
  '↑': '$\\uparrow$',
  '↓': '$\\downarrow$',
  λ: '$\\lambda$',
};

/** Text that LaTeX prints as it is. */
export function escapeLatex(text: string): string {
  return [...singleLine(text)].map((character) => escapes[character] ?? character).join('');
}

const arrows = { max: '~$\\uparrow$', min: '~$\\downarrow$', none: '' } as const;

const number = (text: string): string =>
  text === noValue ? '--' : text.startsWith('-') ? `$-$${text.slice(1)}` : text;

function formatCell(cell: TableCell | null, underlineSecond: boolean): string {
  if (cell === null) return '--';
  const marked =
    cell.rank === 'best'
      ? `\\textbf{${number(cell.mean)}}`
      : cell.rank === 'second' && underlineSecond
        ? `\\underline{${number(cell.mean)}}`
        : number(cell.mean);
  return cell.spread === null ? marked : `${marked} $\\pm$ ${number(cell.spread)}`;
}

interface Span {
  readonly dataset: string;
  readonly first: number;
  readonly last: number;
}

/** Runs of columns of one dataset; column 1 holds the labels, so that figures begin at column 2. */
function spansOf(columns: readonly TableColumn[]): Span[] {
  const spans: Span[] = [];
  columns.forEach(({ dataset }, at) => {
    const open = spans.at(-1);
    if (open?.dataset === dataset) spans[spans.length - 1] = { ...open, last: at + 2 };
    else spans.push({ dataset, first: at + 2, last: at + 2 });
  });
  return spans;
}

function header(columns: readonly TableColumn[]): string[] {
  const spans = spansOf(columns);
  const datasets = spans.map(
    ({ dataset, first, last }) => `\\multicolumn{${last - first + 1}}{c}{${escapeLatex(dataset)}}`,
  );
  const titles = columns.map((column) => escapeLatex(column.title) + arrows[column.direction]);
  return [
    `${['', ...datasets].join(' & ')} \\\\`,
    spans.map(({ first, last }) => `\\cmidrule(lr){${first}-${last}}`).join(' '),
    `${['Method', ...titles].join(' & ')} \\\\`,
  ];
}

function body(rows: readonly TableRow[], underlineSecond: boolean): string[] {
  return rows.flatMap((row, at) => {
    const before = rows[at - 1];
    const rule = before !== undefined && before.group !== row.group ? ['\\midrule'] : [];
    const name = escapeLatex(row.label);
    const label = row.group === 'own' ? name : `\\textit{${name}} (${row.group})`;
    const cells = row.cells.map((cell) => formatCell(cell, underlineSecond));
    return [...rule, `${[label, ...cells].join(' & ')} \\\\`];
  });
}

/** A complete `table` environment with booktabs rules; notes are the caption's end. */
export function renderLatex(table: Table, options: LatexOptions = {}): string {
  const caption = [options.caption ?? '', ...table.notes].filter((part) => part !== '');
  const label = (options.label ?? 'results').replace(/[^A-Za-z0-9:.-]+/g, '-');
  return [
    '% Needs \\usepackage{booktabs}.',
    '\\begin{table}[t]',
    '\\centering',
    `\\caption{${escapeLatex(caption.join(' '))}}`,
    `\\label{tab:${label}}`,
    `\\begin{tabular}{l${'r'.repeat(table.columns.length)}}`,
    '\\toprule',
    ...(table.columns.length === 0 ? [] : header(table.columns)),
    '\\midrule',
    ...body(table.rows, options.underlineSecond ?? false),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}
