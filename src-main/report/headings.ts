import type { TableHead, TableLine } from './table-model.ts';

export const arrows = { max: '↑', min: '↓', none: '' } as const;

/** `R_tra` as a symbol with an index; null for any other text. */
export function splitSymbol(text: string): { base: string; index: string } | null {
  const [, base, index] = /^([A-Z]{1,3})_([A-Za-z0-9]{1,8})$/.exec(text) ?? [];
  return base === undefined || index === undefined ? null : { base, index };
}

/** One name over several neighbouring lines. */
export interface HeadSpan {
  readonly head: TableHead;
  /** Number of the first line, from 0. */
  readonly first: number;
  readonly span: number;
}

/** The names of one level: neighbours that share it, and all levels above, stand under one. The last never spans. */
export function headSpans(lines: readonly TableLine[], level: number): HeadSpan[] {
  const spans: HeadSpan[] = [];
  lines.forEach((line, at) => {
    const head = line.heads[level];
    if (head === undefined) return;
    const open = spans.at(-1);
    if (open !== undefined && level < line.heads.length - 1 && continues(lines, at, level)) {
      spans[spans.length - 1] = { ...open, span: open.span + 1 };
    } else spans.push({ head, first: at, span: 1 });
  });
  return spans;
}

/** Whether a line has the same names as the one before, down to this level. */
function continues(lines: readonly TableLine[], at: number, level: number): boolean {
  const before = lines[at - 1];
  const own = lines[at];
  if (before === undefined || own === undefined || before.standing !== own.standing) return false;
  return own.heads.slice(0, level + 1).every((head, index) => head === before.heads[index]);
}

/** Whether a rule stands before a row: where the standing or the outermost of several names changes. */
export function startsBlock(rows: readonly TableLine[], at: number): boolean {
  const [before, own] = [rows[at - 1], rows[at]];
  if (before === undefined || own === undefined) return false;
  const hasOuter = own.heads.length > 1 && own.heads[0] !== before.heads[0];
  return hasOuter || before.standing !== own.standing;
}
