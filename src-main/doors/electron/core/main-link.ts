import { toCoreSchema, type FromCore, type ToCore } from '../messages.ts';

/** What is used of Electron's message port in a utility process. */
export interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

interface UtilityParent {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { data: unknown; ports: readonly UtilityPort[] }) => void,
  ): void;
}

/** The core's line to Electron's main process. */
export interface MainLink {
  send(message: FromCore): void;
  /** `port` comes with a `line` message where ports can be handed over. */
  onMessage(listener: (message: ToCore, port: UtilityPort | null) => void): void;
  /** Main has ended. A utility process ends with it and is not told. */
  onGone(listener: () => void): void;
}

/** The line of this process, whether it is a utility process or a Node child. */
export function openMainLink(): MainLink {
  const { parentPort } = process as unknown as { parentPort?: UtilityParent };
  if (parentPort !== undefined) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) =>
        parentPort.on('message', ({ data, ports }) =>
          listener(toCoreSchema.parse(data), ports[0] ?? null),
        ),
      onGone: () => undefined,
    };
  }
  return {
    // The callback takes the error of a parent that ends while the message is on its way.
    send: (message) => void process.send?.(message, undefined, {}, () => undefined),
    onMessage: (listener) =>
      void process.on('message', (data) => listener(toCoreSchema.parse(data), null)),
    onGone: (listener) => void process.on('disconnect', listener),
  };
}
