import { open } from 'node:fs/promises';
import { OffrecError, type ErrorContext } from '#contract/errors.ts';
import { experimentFileSchema, type ExperimentFile } from '#contract/experiment.ts';
import { applyOverrides, parseOverride, type Overridden } from './overrides.ts';
import { formatPath, type FieldPath } from './path.ts';
import { problemsOf, type Problem } from './problems.ts';
import { maxExperimentBytes, parseSource, tooLarge, type ExperimentSource } from './source.ts';

/** A checked experiment file, and where its fields stand. */
export interface ParsedExperiment {
  readonly file: ExperimentFile;
  /** `file:line:column, path`, or the `--set` that put the value there. */
  place(path: FieldPath): string;
  /** Throws OffrecError `invalid-input` that tells every problem with its place, unless there is none. */
  refuse(problems: readonly Problem[]): void;
}

/**
 * Reads an experiment file (YAML, or JSON by its ending), applies overrides in order and checks the result
 * against the form of experiment files. Methods, datasets and hyper-parameters are checked by the core.
 * @param sets texts of `--set path=value`
 * @throws OffrecError `invalid-input` with file, line, column and field; `usage` for a bad override
 */
export function parseExperimentFile(
  text: string,
  filename: string,
  sets: readonly string[] = [],
): ParsedExperiment {
  const source = parseSource(text, filename);
  if (typeof source.value !== 'object' || source.value === null || Array.isArray(source.value)) {
    throw new OffrecError('invalid-input', 'An experiment file is a map of fields.', {
      where: source.locate([]),
      hint: 'It begins with lines such as: name: my-experiment',
    });
  }
  const { value, places } = applyOverrides(source.value, sets.map(parseOverride));
  const place = placeOf(source, places);
  const parsed = experimentFileSchema.safeParse(value, { reportInput: true });
  const refuse = (problems: readonly Problem[]): void => {
    if (problems.length > 0) throw asError(problems, filename, place);
  };
  if (!parsed.success)
    throw asError(problemsOf(parsed.error, experimentFileSchema), filename, place);
  refuse(repetitions(parsed.data));
  return { file: parsed.data, place, refuse };
}

/** @throws OffrecError `not-found`, `invalid-input` (too large, no UTF-8) */
export async function readExperimentText(filename: string): Promise<string> {
  try {
    await using file = await open(filename);
    const stat = await file.stat();
    if (!stat.isFile()) {
      throw new OffrecError('invalid-input', 'This is no file.', { where: filename });
    }
    if (stat.size > maxExperimentBytes) throw tooLarge(filename);
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
  } catch (cause) {
    throw readError(cause, filename);
  }
}

function readError(cause: unknown, filename: string): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  const context: ErrorContext = { where: filename, cause };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new OffrecError('not-found', 'There is no such experiment file.', context);
  }
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    const hint = 'Save it as UTF-8.';
    return new OffrecError('invalid-input', 'The file is not UTF-8.', { ...context, hint });
  }
  if (code === 'EACCES' || code === 'EISDIR') {
    return new OffrecError('invalid-input', 'The file cannot be read.', context);
  }
  return cause;
}

/** A value that an override put there is explained by the override. */
function placeOf(source: ExperimentSource, overridden: Overridden['places']) {
  return (path: FieldPath): string => {
    const name = formatPath(path);
    const override = overridden.findLast((candidate) =>
      candidate.path.every((part, at) => part === path[at]),
    );
    if (override !== undefined) return `--set ${override.text}, ${name}`;
    return name === '' ? source.locate(path) : `${source.locate(path)}, ${name}`;
  };
}

function repetitions(file: ExperimentFile): Problem[] {
  return (['datasets', 'seeds'] as const).flatMap((field) =>
    file[field].flatMap((value, at): Problem[] =>
      (file[field] as unknown[]).indexOf(value) === at
        ? []
        : [{ path: [field, at], message: `${value} is listed twice.`, hint: 'Remove one.' }],
    ),
  );
}

/** A file that was refused, with everything that is wrong in it. */
export class ExperimentFileError extends OffrecError {
  /** `where` is the place in the file and the field's path. */
  readonly problems: readonly {
    readonly message: string;
    readonly where: string;
    readonly hint?: string;
  }[];

  constructor(message: string, context: ErrorContext, problems: ExperimentFileError['problems']) {
    super('invalid-input', message, context);
    this.problems = problems;
  }
}

const shownProblems = 10;

function asError(
  problems: readonly Problem[],
  filename: string,
  place: ParsedExperiment['place'],
): OffrecError {
  const placed = problems.map(({ path, ...problem }) => ({ ...problem, where: place(path) }));
  const [first] = placed;
  if (first !== undefined && placed.length === 1) {
    const { message, ...context } = first;
    return new ExperimentFileError(message, context, placed);
  }
  const lines = placed
    .slice(0, shownProblems)
    .map(
      ({ where, message, hint }) => `  ${where}: ${message}${hint === undefined ? '' : ` ${hint}`}`,
    );
  const more =
    problems.length > shownProblems ? [`  and ${problems.length - shownProblems} more`] : [];
  const text = [`${problems.length} problems in the file:`, ...lines, ...more].join('\n');
  return new ExperimentFileError(text, { where: filename }, placed);
}
