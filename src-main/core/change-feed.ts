import { toWireError } from '#contract/errors.ts';
import type { Store } from '#store/store.ts';
import type { CoreChange, CoreNotice } from './api.ts';

const pollMs = 200;

type Listener = (change: CoreChange) => void;

/**
 * Tells listeners what changed in the store, whoever changed it. One look at one number every 200 ms while
 * somebody listens; lists are read only when it has moved. A store that cannot be read now is told of once, and
 * looked at again.
 */
export class ChangeFeed {
  readonly #store: Pick<Store, 'read'>;
  readonly #notice: (notice: CoreNotice) => void;
  readonly #listeners = new Map<Listener, number>();
  #timer: NodeJS.Timeout | null = null;
  #lastTrouble = '';

  constructor(store: Pick<Store, 'read'>, notice: (notice: CoreNotice) => void) {
    this.#store = store;
    this.#notice = notice;
  }

  /** Starts after `cursor`, or now. Returns the function that ends it. */
  listen(listener: Listener, cursor?: number): () => void {
    // A wrapper, so that the same function may listen twice.
    const own: Listener = (change) => listener(change);
    this.#listeners.set(own, cursor ?? this.#store.read.revisions.current());
    this.#timer ??= setInterval(() => this.#tryToLook(), pollMs);
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    this.#listeners.clear();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tryToLook(): void {
    try {
      this.#look();
      this.#lastTrouble = '';
    } catch (error) {
      const { message } = toWireError(error);
      if (message !== this.#lastTrouble) {
        this.#notice({ level: 'error', message: `Changes cannot be told of: ${message}` });
      }
      this.#lastTrouble = message;
    }
  }

  #look(): void {
    const current = this.#store.read.revisions.current();
    for (const [listener, cursor] of this.#listeners) {
      if (cursor >= current) continue;
      const { revision, ...changed } = this.#store.read.revisions.since(cursor);
      this.#listeners.set(listener, revision);
      listener({ cursor: revision, ...changed });
    }
  }
}
