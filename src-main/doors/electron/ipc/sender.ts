import { pageOrigin } from '../app/page-address.ts';

/** What identifies a sender. */
export interface Sender {
  readonly contentsId: number;
  readonly isMainFrame: boolean;
  readonly origin: string | null;
}

/** Whether a message comes from our own page, in the main frame of a window that we opened. */
export function isOurs(sender: Sender, windows: ReadonlySet<number>): boolean {
  return sender.isMainFrame && sender.origin === pageOrigin && windows.has(sender.contentsId);
}
