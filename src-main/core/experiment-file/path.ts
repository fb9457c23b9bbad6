import { OffrecError } from '#contract/errors.ts';

/** Field names and list positions from the file's root; `*` stands for every entry of a list. */
export type FieldPath = readonly (string | number)[];

export const everyEntry = '*';

/** The fields of an experiment file. */
export const fileFields: readonly string[] = [
  'name',
  'description',
  'datasets',
  'methods',
  'seeds',
  'protocol',
  'compute',
  'priority',
];

const plainName = /^[A-Za-z_][\w-]*$/;

/** `methods[1].set.lambdaU`; names that are no words are quoted: `set["a b"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part);
    if (!plainName.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

const firstPart = /(?:([A-Za-z_][\w-]*)|\[(\d{1,6}|\*|"(?:[^"\\]|\\.)*")\])/y;
const laterPart = /(?:\.([A-Za-z_][\w-]*)|\.(\d{1,6})|\[(\d{1,6}|\*|"(?:[^"\\]|\\.)*")\])/y;

/**
 * Reads `methods[1].set.lambdaU`; `methods.1.set` and `methods[*].set` are understood as well.
 * @throws OffrecError `usage` where it is no path
 */
export function parsePath(text: string): FieldPath {
  const parts: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    const pattern = parts.length === 0 ? firstPart : laterPart;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) break;
    at = pattern.lastIndex;
    parts.push(...match.slice(1).flatMap((part) => (part === undefined ? [] : [readPart(part)])));
  }
  if (at < text.length || parts.length === 0) {
    throw new OffrecError('usage', `'${text}' is no path to a field.`, {
      hint: 'Write names with dots and list positions in brackets, such as methods[0].set.epochs.',
    });
  }
  return parts;
}

function readPart(part: string): string | number {
  if (/^\d/.test(part)) return Number(part);
  if (!part.startsWith('"')) return part;
  try {
    return String(JSON.parse(part));
  } catch {
    throw new OffrecError('usage', `${part} is no quoted name.`, {
      hint: 'Quote names as in JSON, with \\" for a quotation mark.',
    });
  }
}
