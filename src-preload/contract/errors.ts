/**
 * Every way in which Offrec can refuse or fail, by a stable code. The number is the exit status of the
 * terminal when the error ends a command.
 */
export const errorExitCodes = {
  usage: 2,
  'not-found': 3,
  'already-exists': 3,
  'invalid-input': 4,
  'unsupported-format': 4,
  'corrupt-file': 5,
  'version-mismatch': 5,
  'checksum-mismatch': 5,
  'device-unavailable': 6,
  'native-missing': 6,
  'out-of-memory': 7,
  'disk-full': 7,
  'read-only': 7,
  busy: 8,
  cancelled: 130,
  'host-gone': 9,
  'run-failed': 10,
  internal: 70,
} as const;

export type ErrorCode = keyof typeof errorExitCodes;

export interface ErrorContext {
  /** Where it happened: a file with its line, a field's path, a run's id. */
  where?: string;
  /** What the reader can do about it. */
  hint?: string;
  cause?: unknown;
}

/** The one error type that crosses a border: what happened, where, and what to do. */
export class OffrecError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = 'OffrecError';
    this.code = code;
    this.where = context.where;
    this.hint = context.hint;
  }
}

/** How an error travels between processes: no stack, no object of another realm. */
export interface WireError {
  code: ErrorCode;
  message: string;
  where?: string | undefined;
  hint?: string | undefined;
}

/** Any thrown value as a wire error; what is not an OffrecError becomes `internal`. */
export function toWireError(error: unknown): WireError {
  if (error instanceof OffrecError) {
    return {
      code: error.code,
      message: error.message.slice(0, 4000),
      ...(error.where === undefined ? {} : { where: error.where.slice(0, 1000) }),
      ...(error.hint === undefined ? {} : { hint: error.hint.slice(0, 2000) }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: message.slice(0, 4000) };
}

export function fromWireError(wire: WireError): OffrecError {
  return new OffrecError(wire.code, wire.message, {
    ...(wire.where === undefined ? {} : { where: wire.where }),
    ...(wire.hint === undefined ? {} : { hint: wire.hint }),
  });
}

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

/** What came over a line as a wire error, null when it is none. For pages, which load no schemas to start. */
export function readWireError(value: unknown): WireError | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, message, where, hint } = value as Readonly<Record<string, unknown>>;
  const isKnown = typeof code === 'string' && Object.hasOwn(errorExitCodes, code);
  if (!isKnown || typeof message !== 'string' || !isText(where) || !isText(hint)) return null;
  return { code, message, where, hint } as WireError;
}
