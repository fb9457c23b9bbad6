import { ORPCError } from '@orpc/contract';
import {
  fromWireError,
  OffrecError,
  readWireError,
  toWireError,
  type ErrorCode,
  type WireError,
} from './errors.ts';

/** What an error of the router has besides its code and message. */
type ErrorDetails = Pick<WireError, 'where' | 'hint'>;

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
  const { code: given, message, data } = error;
  const ours = readWireError({ code: given, message, ...(data as object | undefined) });
  if (ours !== null) return fromWireError(ours);
  if (given === 'NOT_FOUND') {
    return new OffrecError('version-mismatch', 'This page and Offrec are of different versions.', {
      hint: 'Reload the page.',
      cause: error,
    });
  }
  const code = given === 'BAD_REQUEST' ? 'invalid-input' : 'internal';
  return new OffrecError(code, message, { cause: error });
}
