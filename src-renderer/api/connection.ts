import { createORPCClient, type ClientLink } from '@orpc/client';
import { fromRouterError } from '#contract/router-error.ts';
import type { RouterClient } from '#contract/router.ts';
import type { Change } from '#contract/routes/changes.ts';
import type { Greeting } from '#contract/routes/system.ts';
import { contractVersion } from '#contract/version.ts';
import type { OpenTransport, Transport } from './transport.ts';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready'; readonly greeting: Greeting }
  | { readonly kind: 'lost'; readonly reason: string; readonly retryInMs: number }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ConnectionEvents {
  onState: (state: ConnectionState) => void;
  onChange: (change: Change) => void;
  /** Nothing read before counts any more: read everything again. */
  onReset: () => void;
}

const retryDelaysMs = [250, 500, 1000, 2000, 4000, 8000];

/**
 * Keeps a line to the core: greets, follows the changes, and after a loss begins again by itself from the last
 * change that it saw. Requests made while there is no line wait for the next one.
 */
export class Connection {
  readonly client: RouterClient;
  readonly #open: OpenTransport;
  readonly #events: ConnectionEvents;
  #transport = Promise.withResolvers<Transport>();
  #cursor: number | null = null;
  #home: string | null = null;
  #failures = 0;
  #closed = false;
  #retry: (() => void) | null = null;

  constructor(open: OpenTransport, events: ConnectionEvents) {
    this.#open = open;
    this.#events = events;
    const link: ClientLink<Record<never, never>> = {
      call: async (path, input, options) => {
        const { link: line } = await this.#transport.promise;
        return line.call(path, input, options);
      },
    };
    this.client = createORPCClient<RouterClient>(link);
  }

  /** Runs until `close`, or until the core refuses this page for good. */
  async run(): Promise<void> {
    while (!this.#closed) {
      this.#events.onState({ kind: 'connecting' });
      const reason = await this.#live();
      if (reason === null) return;
      await this.#pause(reason);
    }
  }

  /** Does not wait for the time of the next try. */
  retryNow(): void {
    this.#retry?.();
  }

  close(): void {
    this.#closed = true;
    this.#retry?.();
    void this.#transport.promise.then((transport) => transport.close());
  }

  /** One life of a line; resolves with why it ended, null when another try would not help. */
  async #live(): Promise<string | null> {
    let transport: Transport;
    try {
      transport = await this.#open();
    } catch (error) {
      return fromRouterError(error).message;
    }
    const client = createORPCClient<RouterClient>(transport.link);
    const following = new AbortController();
    const ended = transport.ended.finally(() => {
      following.abort();
      this.#transport = Promise.withResolvers();
    });
    try {
      const greeting = await client.system.hello({ contract: contractVersion });
      this.#welcome(greeting, transport);
      await Promise.race([this.#follow(client, following.signal), ended]);
      transport.close();
      return await ended;
    } catch (error) {
      const { code, message, hint } = fromRouterError(error);
      transport.close();
      await ended;
      if (code === 'invalid-input') this.#cursor = null;
      if (code !== 'version-mismatch') return message;
      this.#events.onState({ kind: 'refused', reason: [message, hint].join(' ') });
      return null;
    }
  }

  #welcome(greeting: Greeting, transport: Transport): void {
    const isOther = this.#cursor === null || this.#home !== greeting.home;
    this.#home = greeting.home;
    this.#failures = 0;
    this.#transport.resolve(transport);
    this.#events.onState({ kind: 'ready', greeting });
    if (!isOther) return;
    this.#cursor = greeting.cursor;
    this.#events.onReset();
  }

  async #follow(client: RouterClient, signal: AbortSignal): Promise<void> {
    const changes = await client.changes.watch({ cursor: this.#cursor ?? 0 }, { signal });
    for await (const change of changes) {
      this.#cursor = change.cursor;
      this.#events.onChange(change);
    }
  }

  #pause(reason: string): Promise<void> {
    const retryInMs = retryDelaysMs[Math.min(this.#failures, retryDelaysMs.length - 1)] ?? 8000;
    this.#failures += 1;
    this.#events.onState({ kind: 'lost', reason, retryInMs });
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, retryInMs);
      this.#retry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
