import { singleLine } from './format.ts';

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
  '*': '{*}',
  '–': '--',
  '—': '---',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
  '…': '\\ldots{}',
  ß: '\\ss{}',
  æ: '\\ae{}',
  Æ: '\\AE{}',
  ø: '\\o{}',
  Ø: '\\O{}',
  œ: '\\oe{}',
  Œ: '\\OE{}',
  ł: '\\l{}',
  Ł: '\\L{}',
  '§': '\\S{}',
  '\u00a0': '~',
};

const mathematics: Readonly<Record<string, string>> = {
  '±': '\\pm',
  '×': '\\times',
  '·': '\\cdot',
  '≤': '\\leq',
  '≥': '\\geq',
  '≠': '\\neq',
  '≈': '\\approx',
  '∞': '\\infty',
  '→': '\\rightarrow',
  '↑': '\\uparrow',
  '↓': '\\downarrow',
  '−': '-',
  '°': '{}^{\\circ}',
  '†': '\\dagger',
  '‡': '\\ddagger',
  '²': '{}^{2}',
  '³': '{}^{3}',
};

const greek = (
  'alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon ' +
  'varphi chi psi omega'
).split(' ');
const capitals: Readonly<Record<string, string>> = {
  Γ: 'Gamma',
  Δ: 'Delta',
  Θ: 'Theta',
  Λ: 'Lambda',
  Ξ: 'Xi',
  Π: 'Pi',
  Σ: 'Sigma',
  Φ: 'Phi',
  Ψ: 'Psi',
  Ω: 'Omega',
};

const accents: Readonly<Record<string, string>> = {
  '\u0300': '`',
  '\u0301': "'",
  '\u0302': '^',
  '\u0303': '~',
  '\u0304': '=',
  '\u0306': 'u',
  '\u0307': '.',
  '\u0308': '"',
  '\u030a': 'r',
  '\u030b': 'H',
  '\u030c': 'v',
  '\u0327': 'c',
};

/** `lambda` for λ, `Omega` for Ω; null for what is no Greek letter with a name of its own. */
export const greekName = (character: string): string | null =>
  greek[character.charCodeAt(0) - 0x3b1]?.replace('var', '') ?? capitals[character] ?? null;

/** One character as every LaTeX prints it; null when only engines with Unicode fonts can. */
function known(character: string): string | null {
  const escape = escapes[character];
  if (escape !== undefined) return escape;
  if (/^[\u0020-\u007e]$/.test(character)) return character;
  const sign = mathematics[character];
  if (sign !== undefined) return `$${sign}$`;
  const letter = greek[character.charCodeAt(0) - 0x3b1];
  if (letter !== undefined) return letter === 'o' ? 'o' : `$\\${letter}$`;
  const capital = capitals[character];
  if (capital !== undefined) return `$\\${capital}$`;
  const [base = '', mark = '', ...more] = [...character.normalize('NFD')];
  const accent = accents[mark];
  return more.length === 0 && accent !== undefined && /^[A-Za-z]$/.test(base)
    ? `\\${accent}{${base}}`
    : null;
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Text that LaTeX prints as it is. What pdfLaTeX has no letters for is left to XeLaTeX and LuaLaTeX, and named by its
 * code point elsewhere, so that every engine gets through.
 */
export function escapeLatex(text: string): string {
  const parts: string[] = [];
  let foreign = '';
  let before = '';
  const flush = (): void => {
    if (foreign === '') return;
    const names = [...foreign].map(codePoint).join(' ');
    parts.push(`\\ifx\\Umathchar\\undefined{[}${names}{]}\\else ${foreign}\\fi{}`);
    foreign = '';
  };
  for (const character of singleLine(text).toWellFormed()) {
    const plain = known(character);
    if (plain === null) foreign += character;
    else {
      flush();
      // Two hyphens would become a dash.
      parts.push(character === '-' && before === '-' ? '{}-' : plain);
    }
    before = character;
  }
  flush();
  return parts.join('');
}
