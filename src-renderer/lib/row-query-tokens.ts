export interface Token {
  readonly kind: 'open' | 'close' | 'or' | 'not' | 'term';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Something in a filter that cannot be read, and where it stands. */
export class QueryMistake extends Error {
  readonly from: number;
  readonly to: number;

  constructor(message: string, from: number, to: number) {
    super(message);
    this.from = from;
    this.to = to;
  }
}

const tokenPattern = /\s*(?:(\()|(\))|(-)(?=\S)|((?:"[^"]*"|[^\s()"])+))/y;

function kindOf(match: RegExpExecArray): Token['kind'] | null {
  const [, open, close, not, term] = match;
  if (open !== undefined) return 'open';
  if (close !== undefined) return 'close';
  if (not !== undefined) return 'not';
  if (term === 'OR') return 'or';
  return term === 'AND' ? null : 'term';
}

export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  const end = query.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const start = tokenPattern.lastIndex;
    const match = tokenPattern.exec(query);
    if (match === null) throw new QueryMistake('A quotation mark is not closed.', start, end);
    const text = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    const to = tokenPattern.lastIndex;
    const kind = kindOf(match);
    if (kind !== null) tokens.push({ kind, text, from: to - text.length, to });
  }
  return tokens;
}
