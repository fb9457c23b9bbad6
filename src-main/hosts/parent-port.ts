import { OffrecError } from '#contract/errors.ts';

/** The line between a host and the process that started it. */
export interface ParentPort {
  /** Resolves when the message has left; at once when the parent is gone. */
  send(message: unknown): Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent has ended or has closed the line. */
  onGone(listener: () => void): void;
  readonly gone: boolean;
}

/** The line of a Node child process. Throws `usage` when a person starts the file. */
export function openParentPort(): ParentPort {
  if (process.send === undefined) {
    throw new OffrecError('usage', 'This file is started by Offrec, not by hand.');
  }
  // The terminal sends Ctrl-C and a hang-up to the whole group; a host ends when its parent says so or is gone.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  return {
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
  };
}
