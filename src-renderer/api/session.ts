import { shallowRef } from 'vue';
import type { Change } from '#contract/routes/changes.ts';
import { Connection, type ConnectionState } from './connection.ts';
import type { Transport } from './transport.ts';
import { bridge } from './desktop.ts';
import { openMessagePort } from './message-port.ts';
import { openWebSocket } from './web-socket.ts';

const changeListeners = new Set<(change: Change) => void>();
const resetListeners = new Set<() => void>();
let isFresh = false;

/** How the page stands with the core, for everybody to look at. */
export const connectionState = shallowRef<ConnectionState>({ kind: 'connecting' });

function serverUrl(): string {
  const url = new URL('rpc', document.baseURI);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

const open = (): Promise<Transport> =>
  bridge === undefined ? openWebSocket(serverUrl()) : openMessagePort(bridge);

const connection = new Connection(open, {
  onState: (state) => {
    connectionState.value = state;
  },
  onChange: (change) => changeListeners.forEach((listener) => listener(change)),
  onReset: () => {
    isFresh = true;
    resetListeners.forEach((listener) => listener());
  },
});

/** The core's methods. Requests wait while there is no line. */
export const core = connection.client;

/** Connects, and stays so until the page goes. */
export function startSession(): void {
  addEventListener('online', () => connection.retryNow());
  void connection.run();
}

export function retryNow(): void {
  connection.retryNow();
}

/** Calls back with every change until the returned function is called. */
export function onChange(listener: (change: Change) => void): () => void {
  changeListeners.add(listener);
  return () => changeListeners.delete(listener);
}

/** Calls back when everything must be read again: when the data folder is another, or the first one. */
export function onReset(listener: () => void): () => void {
  resetListeners.add(listener);
  return () => resetListeners.delete(listener);
}

/** As `onReset`, and at once when there is something to read already: for what is kept as long as the page. */
export function readWhenever(read: () => Promise<void>): void {
  onReset(() => void read());
  if (isFresh) queueMicrotask(() => void read());
}
