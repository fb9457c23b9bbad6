import { OffrecError } from '#contract/errors.ts';

/** A JSON column's value. Only a damaged store holds text that does not parse. */
export function parseColumn<T>(text: string, where: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new OffrecError('corrupt-file', 'A record of the store is damaged.', {
      where,
      hint: 'Restore a backup of the data folder.',
      cause: error,
    });
  }
}

export function parseNullable<T>(text: string | null, where: string): T | null {
  return text === null ? null : parseColumn<T>(text, where);
}
