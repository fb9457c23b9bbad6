import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\\(?:textbf|underline|textit|textsubscript|textsuperscript)\{([^{}]*)\}/g, '$1'],
  [/\$\\pm\$/g, '±'],
  [/\$\\uparrow\$/g, '↑'],
  [/\$\\downarrow\$/g, '↓'],
  [/\$-\$/g, '−'],
  [/~/g, ' '],
  [/\\([_%&#$])/g, '$1'],
];

/** Text of a cell as a reader sees it. */
function plain(cell: string): string {
  const text = replacements.reduce((kept, [from, to]) => kept.replace(from, to), cell);
  return text.replace(/\s+/g, ' ').trim();
}

/** Rows of the first tabular with a cell a column; without headings that span columns. */
export function rowsOfLatex(source: string): string[][] {
  const body = /\\begin\{tabular\}\{[^}]*\}([\s\S]*?)\\end\{tabular\}/.exec(source)?.[1] ?? '';
  return body
    .replace(/\\(?:toprule|midrule|bottomrule|cmidrule\S*(?: \\cmidrule\S*)*)/g, '')
    .split('\\\\')
    .map((row) => row.split(/(?<!\\)&/).map(plain))
    .filter((row) => row.length > 1 && !row.some((cell) => cell.includes('\\multicolumn')));
}

export const hasLatex = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'pdflatex')));

/** Sets the table in a document; throws what LaTeX printed when it cannot. */
export function compileLatex(table: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-latex-'));
  const text = `\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n${table}\\end{document}\n`;
  writeFileSync(join(folder, 'table.tex'), text);
  try {
    const words = ['-interaction=nonstopmode', '-halt-on-error', 'table.tex'];
    execFileSync('pdflatex', words, { cwd: folder, stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
