import type { ExperimentFile } from '#contract/experiment.ts';
import type { Methods } from '../api.ts';
import { nearest, type Problem } from './problems.ts';

/** Methods and hyper-parameters of a file that do not exist, with what was probably meant. */
export async function unknownNames(file: ExperimentFile, methods: Methods): Promise<Problem[]> {
  const names = (await methods.list()).map(({ name }) => name);
  const problems = file.methods.map(async (use, at): Promise<Problem[]> => {
    const { use: name, set } = typeof use === 'string' ? { use, set: {} } : use;
    if (!names.includes(name)) {
      const path = typeof use === 'string' ? ['methods', at] : ['methods', at, 'use'];
      return [unknown(path, `method '${name}'`, name, names, 'Methods')];
    }
    const { defaults } = await methods.show(name);
    const known = Object.keys(defaults);
    return Object.keys(set).flatMap((key) => {
      const field = key.split('.')[0] ?? key;
      const path = ['methods', at, 'set', key];
      const what = `field '${field}' in ${name}`;
      return known.includes(field) ? [] : [unknown(path, what, field, known, 'Fields')];
    });
  });
  return (await Promise.all(problems)).flat();
}

function unknown(
  path: Problem['path'],
  what: string,
  word: string,
  known: readonly string[],
  title: string,
): Problem {
  const meant = nearest(word, known);
  const guess = meant === undefined ? '' : `Did you mean '${meant}'? `;
  return { path, message: `There is no ${what}.`, hint: `${guess}${title}: ${known.join(', ')}.` };
}
