import { setTimeout as delay } from 'node:timers/promises';
import { lastWord } from '#contract/line.ts';
import type { ParentPort } from './host-line.ts';

/** What is used of Electron's message port; this folder does not know Electron. */
interface MessagePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
}

interface UtilityParent {
  once(event: 'message', listener: (event: { ports: readonly MessagePort[] }) => void): void;
}

/** A parent that has read the last word closes the line at once. */
const farewellMs = 5_000;

/** The line that the first message of Electron's main process brings; null in a process that is no utility process. */
export async function openUtilityPort(): Promise<ParentPort | null> {
  const { parentPort } = process as { parentPort?: UtilityParent };
  if (parentPort === undefined) return null;
  const port = await new Promise<MessagePort>((resolve, reject) => {
    parentPort.once('message', ({ ports: [first] }) => {
      if (first === undefined) reject(new Error('The first message brought no port.'));
      else resolve(first);
    });
  });
  return portOver(port);
}

function portOver(port: MessagePort): ParentPort {
  const closed = Promise.withResolvers<void>();
  let gone = false;
  port.on('close', () => {
    gone = true;
    closed.resolve();
  });
  return {
    get gone() {
      return gone;
    },
    send(message) {
      if (!gone) port.postMessage(message);
      return Promise.resolve();
    },
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data));
      // Messages wait until the port is started.
      port.start();
    },
    onGone(listener) {
      void closed.promise.then(listener);
    },
    async leave(status) {
      if (!gone) port.postMessage(lastWord);
      await Promise.race([closed.promise, delay(farewellMs)]);
      return process.exit(status);
    },
  };
}
