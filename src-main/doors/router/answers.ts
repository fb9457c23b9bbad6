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

/** Does something to each run; those that refuse are told with their reason. */
export async function forEachRun(
  ids: readonly string[],
  act: (id: string) => unknown,
): Promise<BulkAnswer> {
  const unique = [...new Set(ids)];
  const ended = await Promise.allSettled(unique.map(async (id) => await act(id)));
  const answer: BulkAnswer = { done: [], failed: [] };
  ended.forEach((each, at) => {
    const run = unique[at] ?? '';
    if (each.status === 'fulfilled') answer.done.push(run);
    else answer.failed.push({ run, error: toWireError(each.reason) });
  });
  return answer;
}
