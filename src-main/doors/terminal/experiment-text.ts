import type { RouterInputs } from '#contract/router.ts';
import { readExperimentText } from '#core/experiment-file/experiment-file.ts';

/** An experiment file as the contract takes it: its text, its name for errors, and changes of single fields. */
export type ExperimentText = Required<
  Pick<RouterInputs['experiments']['create'], 'text' | 'filename' | 'overrides'>
>;

/** @throws OffrecError `not-found` or `invalid-input`: no file, too large, not UTF-8 */
export async function loadExperimentText(
  filename: string,
  overrides: readonly string[] = [],
): Promise<ExperimentText> {
  return { text: await readExperimentText(filename), filename, overrides: [...overrides] };
}
