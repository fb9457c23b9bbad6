import fc from 'fast-check';
import { OffrecError } from '#contract/errors.ts';

const soak = process.env['OFFREC_SOAK'] === '1';
/** Longest time of one property in a soak. */
const soakMs = 60_000 * Number(process.env['OFFREC_SOAK_MINUTES'] ?? 10);

/** Time limit of one property. */
export const fuzzTimeoutMs = soak ? 2 * soakMs + 180_000 : 180_000;

/** `runs` with a fixed seed; in a soak 100 times as many with a new seed, as far as the time goes. */
export function fuzzRuns(runs: number): fc.Parameters<unknown> {
  return soak
    ? { numRuns: runs * 100, interruptAfterTimeLimit: soakMs }
    : { numRuns: runs, seed: 20_261 };
}

/** One change of some bytes. */
export interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const telling = [
  '"',
  '\n',
  '\r\n',
  '\r',
  ',',
  '\t',
  '\0',
  ' ',
  '-',
  'NaN',
  'inf',
  '1e400',
  '{',
  ']',
  '\ufeff',
  '{"',
];

/** Changes that hit what readers stumble over: quotes, line ends, delimiters, bytes that are no text. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    at: fc.nat(1_000_000),
    remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
    insert: fc.oneof(
      fc.constantFrom(...telling).map((text) => new Uint8Array(Buffer.from(text))),
      fc.uint8Array({ maxLength: 4 }),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

export function mutate(bytes: Buffer, changes: readonly Mutation[]): Buffer {
  let changed = bytes;
  for (const { at, remove, insert } of changes) {
    const start = changed.length === 0 ? 0 : at % (changed.length + 1);
    changed = Buffer.concat([changed.subarray(0, start), insert, changed.subarray(start + remove)]);
  }
  return changed;
}

/** The result of `work`, or null when it refused its input as it should; anything else is a failure. */
export async function refusedOr<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OffrecError && error.code !== 'internal' && error.message !== '')
      return null;
    throw error;
  }
}

/** The records of RFC 4180 text, written apart from the importer's own reader; null when it is broken. */
export function referenceCsv(text: string, delimiter = ','): string[][] | null {
  const records: string[][] = [];
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      at += 1;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (at >= text.length) return null;
        if (text[at] === '"') at += 1;
        field += text[at]!;
        at += 1;
      }
      at += 1;
    } else {
      while (at < text.length && !['\n', '\r', delimiter].includes(text[at]!)) {
        field += text[at]!;
        at += 1;
      }
    }
    fields.push(field);
    if (text[at] === delimiter) {
      at += 1;
      if (at < text.length) continue;
      fields.push('');
    }
    if (at < text.length && text[at] !== '\n' && text[at] !== '\r') return null;
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    const blank = fields.length === 1 && fields[0] === '' && text[at - 2] !== '"';
    if (!blank) records.push(fields);
    fields = [];
  }
  return records;
}
