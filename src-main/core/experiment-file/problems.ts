import { closestMatch } from 'leven';
import { z } from 'zod';
import { formatPath, type FieldPath } from './path.ts';
import { sentenceOf } from './wording.ts';

/** One thing that is wrong with a file's content. */
export interface Problem {
  readonly path: FieldPath;
  readonly message: string;
  readonly hint?: string;
}

/** The candidate that a mistyped word most likely stands for. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return closestMatch(word, candidates, { maxDistance: Math.max(1, Math.ceil(word.length / 3)) });
}

/**
 * Schema errors in the words of the file; of a union, the branch that the author most likely meant.
 * @param error of a parse with `reportInput`
 */
export function problemsOf(error: z.ZodError, schema: z.ZodType): Problem[] {
  const problems = error.issues.flatMap((issue) => problemsOfIssue(issue, [], schema));
  // One problem a field: a number that is too large is not worth three sentences.
  return [...Map.groupBy(problems, ({ path }) => formatPath(path)).values()].flatMap((same) =>
    same.slice(0, 1),
  );
}

function problemsOfIssue(issue: z.core.$ZodIssue, above: FieldPath, schema: z.ZodType): Problem[] {
  const path = [
    ...above,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ];
  if (issue.code === 'invalid_union') {
    const branch = likelyBranch(issue.errors);
    if (branch !== undefined)
      return branch.flatMap((inner) => problemsOfIssue(inner, path, schema));
  }
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, path);
    return issue.keys.map((key) => unknownField([...path, key], key, known));
  }
  return [{ path, message: sentenceOf(issue, path) ?? issue.message, ...hintOf(issue) }];
}

/** The name that was most likely meant, or the form of a list. */
function hintOf(issue: z.core.$ZodIssue): Pick<Problem, 'hint'> {
  if (issue.code === 'invalid_type' && issue.expected === 'array' && issue.input !== undefined)
    return { hint: 'Write its entries in brackets, with commas between them.' };
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return {};
  const meant = nearest(issue.input, issue.values.map(String));
  return meant === undefined ? {} : { hint: `Did you mean '${meant}'?` };
}

const isOfOtherKind = (issue: z.core.$ZodIssue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    (issue.code === 'invalid_value' && typeof issue.input !== 'string'));

/** A branch whose outermost type fits: its errors lie deeper, or are not about the type. */
function likelyBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const fits = branches.find((issues) => !issues.some(isOfOtherKind));
  return fits ?? branches[0];
}

function unknownField(path: FieldPath, key: string, known: readonly string[]): Problem {
  const meant = nearest(key, known);
  return {
    path,
    message: `There is no field '${key}' here.`,
    hint:
      meant === undefined
        ? `Known fields: ${known.join(', ')}.`
        : `Did you mean '${meant}'? Known fields: ${known.join(', ')}.`,
  };
}

/** Names of the fields that the schema knows at a path, over all branches. */
function fieldsAt(schema: z.ZodType, path: FieldPath): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' });
  const found = path.reduce<unknown[]>(
    (nodes, part) => nodes.flatMap((node) => descend(node, part)),
    [json],
  );
  return [
    ...new Set(
      found.flatMap(branchesOf).flatMap((node) => Object.keys(recordOf(node['properties']))),
    ),
  ];
}

function descend(node: unknown, part: string | number): unknown[] {
  return branchesOf(node).flatMap((branch) => {
    const child = typeof part === 'number' ? branch['items'] : recordOf(branch['properties'])[part];
    return child === undefined ? [] : [child];
  });
}

function branchesOf(node: unknown): Record<string, unknown>[] {
  const { anyOf, oneOf } = recordOf(node);
  const inner = [anyOf, oneOf].flatMap((branches) => (Array.isArray(branches) ? branches : []));
  return [recordOf(node), ...inner.flatMap(branchesOf)];
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
