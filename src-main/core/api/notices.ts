import type { Change } from '#contract/routes/changes.ts';
import type { Notice } from '#contract/routes/system.ts';

/** What changed since a cursor. Ask the services for the new content. */
export type CoreChange = Change;
/** Something the user should be told that happened outside a run. */
export type CoreNotice = Notice;

/** State of a host that stopped answering; it is never ended for silence alone. */
export interface HostHealth {
  readonly run: string;
  readonly responsive: boolean;
  readonly silentMs: number;
}
