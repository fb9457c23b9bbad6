import { oc, ORPCError } from '@orpc/contract';
import type { z } from 'zod';
import {
  errorExitCodes,
  fromWireError,
  OffrecError,
  toWireError,
  wireErrorSchema,
  type ErrorCode,
} from './errors.ts';

const detailsSchema = wireErrorSchema.pick({ where: true, hint: true });
export type ErrorDetails = z.infer<typeof detailsSchema>;

const codes = Object.keys(errorExitCodes) as ErrorCode[];

/** Every method may answer with any of our errors: `code` is ours, `data` says where and what to do. */
const errorMap = Object.fromEntries(codes.map((code) => [code, { data: detailsSchema }])) as Record<
  ErrorCode,
  { data: typeof detailsSchema }
>;

/** Where every method of the router begins. */
export const route = oc.errors(errorMap);

/** How an OffrecError travels through the router; what is none becomes `internal`, without its stack. */
export function toRouterError(error: unknown): ORPCError<ErrorCode, ErrorDetails> {
  const { code, message, ...data } = toWireError(error);
  return new ORPCError(code, { status: 500, message, data });
}

/** What a failed call says, in our form: `cancelled` when it was given up, `host-gone` when nobody answered. */
export function fromRouterError(error: unknown): OffrecError {
  if (error instanceof OffrecError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new OffrecError('cancelled', 'The request was given up.', { cause: error });
  }
  if (!(error instanceof ORPCError)) {
    return new OffrecError('host-gone', 'Offrec does not answer.', {
      hint: 'The connection is tried again by itself.',
      cause: error,
    });
  }
  const ours = wireErrorSchema.safeParse({
    code: error.code as unknown,
    message: error.message,
    ...(error.data as object | undefined),
  });
  if (ours.success) return fromWireError(ours.data);
  if (error.code === 'NOT_FOUND') {
    return new OffrecError('version-mismatch', 'This page and Offrec are of different versions.', {
      hint: 'Reload the page.',
      cause: error,
    });
  }
  const code = error.code === 'BAD_REQUEST' ? 'invalid-input' : 'internal';
  return new OffrecError(code, error.message, { cause: error });
}
