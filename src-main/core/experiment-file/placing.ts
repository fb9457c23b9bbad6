import { OffrecError } from '#contract/errors.ts';
import type { ParsedExperiment } from './experiment-file.ts';
import { fileFields, parsePath } from './path.ts';

/** Does something with a file; what is refused by a field's path is told with the line of the file. */
export async function withPlaces<Result>(
  parsed: ParsedExperiment,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OffrecError) || error.where === undefined) throw error;
    const where = placeOf(parsed, error.where);
    if (where === null) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new OffrecError(error.code, error.message, { where, cause: error, ...hint });
  }
}

/** The place of a path that was named; null when `where` names something else, such as a folder. */
function placeOf(parsed: ParsedExperiment, where: string): string | null {
  if (!fileFields.includes(/^\w+/.exec(where)?.[0] ?? '')) return null;
  try {
    return parsed.place(parsePath(where));
  } catch (error) {
    if (error instanceof OffrecError) return null;
    throw error;
  }
}
