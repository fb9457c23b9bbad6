import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const coreProcess = fileURLToPath(new URL('core-process.ts', import.meta.url));

export interface ServedCore {
  /** Lets a browser in. */
  readonly url: string;
  /** Starts the runs that log; resolves with their ids. */
  startRuns(count: number): Promise<string[]>;
  /** When those runs have ended: how many points the store has of them. */
  storedPoints(): Promise<number>;
  close(): Promise<void>;
}

type Answers = { url: string; started: string[]; stored: number };

/** The next message that has this answer. */
function answer<Name extends keyof Answers>(
  child: ChildProcess,
  name: Name,
): Promise<Answers[Name]> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('The core has ended.'));
    child.once('exit', onExit);
    child.on('message', function listen(message: Partial<Answers>) {
      const found = message[name];
      if (found === undefined) return;
      child.off('message', listen);
      child.off('exit', onExit);
      resolve(found as Answers[Name]);
    });
  });
}

/** A real core and its server in a process of their own. */
export async function serveCore(
  home: string,
  pageFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServedCore> {
  const child = fork(coreProcess, [home, pageFolder], {
    env: { ...process.env, ...environment },
  });
  const url = await answer(child, 'url');
  return {
    url,
    startRuns(count) {
      const started = answer(child, 'started');
      child.send({ start: count });
      return started;
    },
    storedPoints() {
      const stored = answer(child, 'stored');
      child.send({ count: true });
      return stored;
    },
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
