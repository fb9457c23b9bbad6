/** A symbol of a paper, such as `λ_U` or `K_sel`, as its stem with what stands below and above it. */
export interface SymbolParts {
  readonly stem: string;
  readonly below: string;
  readonly above: string;
}

const pattern = /^([^_^]*)(?:_(?:\{([^}]*)\}|([^_^]*)))?(?:\^(?:\{([^}]*)\}|([^_^]*)))?$/;

export function symbolParts(symbol: string): SymbolParts {
  const match = pattern.exec(symbol);
  if (match === null) return { stem: symbol, below: '', above: '' };
  const [, stem = '', longBelow, below, longAbove, above] = match;
  return { stem, below: longBelow ?? below ?? '', above: longAbove ?? above ?? '' };
}
