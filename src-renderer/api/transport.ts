import type { ClientLink } from '@orpc/client';

/** One living line to the core. A new one is opened when it ends. */
export interface Transport {
  readonly link: ClientLink<Record<never, never>>;
  /** Resolves, with a reason for the reader, when the line has ended. */
  readonly ended: Promise<string>;
  close(): void;
}

/** Opens a line, or rejects when nobody answers. */
export type OpenTransport = () => Promise<Transport>;
