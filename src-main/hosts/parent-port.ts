import { OffrecError } from '#contract/errors.ts';
import type { ParentPort } from './host-line.ts';
import { openUtilityPort } from './utility-port.ts';

/** The line of a host, whatever started it. Rejects with `usage` when a person starts the file. */
export async function openParentPort(): Promise<ParentPort> {
  // The terminal sends Ctrl-C and a hang-up to the whole group; a host ends when its parent says so or is gone.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  const utility = await openUtilityPort();
  if (utility !== null) return utility;
  if (process.send === undefined) {
    throw new OffrecError('usage', 'This file is started by Offrec, not by hand.');
  }
  return nodePort;
}

/** The line of a Node child process. */
const nodePort: ParentPort = {
  get gone() {
    return !process.connected;
  },
  send(message) {
    return new Promise((resolve) => {
      if (!process.connected || process.send === undefined) resolve();
      else process.send(message, undefined, {}, () => resolve());
    });
  },
  onMessage(listener) {
    process.on('message', listener);
  },
  onGone(listener) {
    if (!process.connected) listener();
    else process.on('disconnect', listener);
  },
  leave: async (status) => process.exit(status),
};
