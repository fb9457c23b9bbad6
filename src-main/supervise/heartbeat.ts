export interface HeartbeatOptions {
  /** Time in which a host that has started is heard of: 5 s. */
  readonly intervalMs: number;
  /** The same before its first message: 20 s. */
  readonly firstMs: number;
  readonly onSilent: (silentMs: number) => void;
  readonly onBack: () => void;
}

/**
 * Watches for signs of life in two stages: 1.2 intervals, then one more. The second stage is there for a machine
 * that slept: right after waking the first one has always passed. Silence is told, never punished, because a
 * long native operation is silent too.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | null = null;
  #lastMs = performance.now();
  #heard = false;
  #silent = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#wait();
  }

  beat(): void {
    this.#lastMs = performance.now();
    this.#heard = true;
    if (this.#silent) {
      this.#silent = false;
      this.#options.onBack();
    }
    this.#wait();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(): void {
    this.stop();
    const intervalMs = this.#heard ? this.#options.intervalMs : this.#options.firstMs;
    this.#later(intervalMs * 1.2, () =>
      this.#later(intervalMs, () => {
        this.#silent = true;
        this.#options.onSilent(performance.now() - this.#lastMs);
      }),
    );
  }

  #later(delayMs: number, action: () => void): void {
    this.#timer = setTimeout(action, delayMs);
    this.#timer.unref();
  }
}
