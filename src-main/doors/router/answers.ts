import { setImmediate as nextTurn } from 'node:timers/promises';
import { ORPCError, ValidationError } from '@orpc/server';
import { OffrecError, toWireError, type WireError } from '#contract/errors.ts';
import { toRouterError } from '#contract/router-error.ts';

/** What the schemas say of a request that does not fit, as one of our errors; everything else as it is. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof ORPCError) || !(error.cause instanceof ValidationError)) return error;
  const [issue] = error.cause.issues;
  const path = (issue?.path ?? []).map((part) =>
    String(typeof part === 'object' ? part.key : part),
  );
  const fault = issue?.message ?? error.message;
  // A result that does not fit its schema is our own mistake, not the client's.
  if (error.code !== 'BAD_REQUEST') {
    return new OffrecError('internal', `An answer does not fit: ${fault}`, {
      where: path.join('.'),
      cause: error,
    });
  }
  return new OffrecError('invalid-input', `The request does not fit: ${fault}`, {
    where: path.join('.'),
    hint: 'Reload the page; if that does not help, this is a mistake in Offrec.',
    cause: error,
  });
}

export const asRouterError = (error: unknown) => toRouterError(inOurWords(error));

/** The values that are there: what a schema calls optional, without names that hold nothing. */
export function present<Value extends object>(
  value: Value,
): { [Name in keyof Value]: Exclude<Value[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as {
    [Name in keyof Value]: Exclude<Value[Name], undefined>;
  };
}

export interface BulkAnswer {
  done: string[];
  failed: { run: string; error: WireError }[];
}

/** Longest that others wait while something is done to many runs. */
const turnMs = 50;

/**
 * Does something to each run; those that refuse are told with their reason. What takes long in one run is waited for in
 * all of them together, and others get their turn in between: there may be thousands.
 */
export async function forEachRun(
  ids: readonly string[],
  act: (id: string) => unknown,
): Promise<BulkAnswer> {
  const unique = [...new Set(ids)];
  const attempt = async (id: string): Promise<WireError | null> => {
    try {
      await act(id);
      return null;
    } catch (error) {
      return toWireError(error);
    }
  };
  const attempts: Promise<WireError | null>[] = [];
  let turnStartMs = performance.now();
  for (const id of unique) {
    attempts.push(attempt(id));
    if (performance.now() - turnStartMs < turnMs) continue;
    await nextTurn();
    turnStartMs = performance.now();
  }
  const answer: BulkAnswer = { done: [], failed: [] };
  for (const [at, error] of (await Promise.all(attempts)).entries()) {
    const run = unique[at] ?? '';
    if (error === null) answer.done.push(run);
    else answer.failed.push({ run, error });
  }
  return answer;
}
