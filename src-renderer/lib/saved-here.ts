/** Something with a name as an older version kept it in the browser; what it holds is not known to be right. */
export interface KeptHere {
  readonly name: string;
}

const isNamed = (value: unknown): value is KeptHere =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { name?: unknown }).name === 'string';

/**
 * What of the browser's list has to move to the data folder: all that is not there already. A name that something else
 * has there gets an addition, so that nothing is lost.
 */
export function entriesToMove(text: string, there: readonly KeptHere[]): KeptHere[] {
  const known = new Map(there.map((entry) => [entry.name, JSON.stringify(entry)]));
  return read(text).flatMap((entry) => {
    const same = known.get(entry.name);
    if (same === undefined) return [entry];
    if (same === JSON.stringify(entry)) return [];
    const name = `${entry.name.slice(0, 60)} (from a browser)`;
    return known.has(name) ? [] : [{ ...entry, name }];
  });
}

function read(text: string): KeptHere[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isNamed) : [];
  } catch {
    return [];
  }
}
