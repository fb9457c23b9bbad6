import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PartState, Phase } from '#engine/training/phase.ts';
import { ArtefactLock } from './artefact-lock.ts';

const lookAgainMs = 250;

/**
 * Fits what no other run has fitted: takes the artefact from the cache when it is there, waits while another
 * run makes it, and otherwise walks through `fit` and saves. The last step hands the artefact over.
 */
export class SharedFit implements Phase {
  readonly #fit: Phase;
  readonly #artefact: string;
  readonly #lock: ArtefactLock;
  readonly #save: () => void;
  readonly #handOver: (origin: 'cache' | 'fitted') => void;
  readonly #onWait: () => void;
  #finished = false;
  #waiting = false;

  constructor(options: {
    /** Path of the artefact in the cache. */
    artefact: string;
    fit: Phase;
    /** Writes the artefact when `fit` is done. */
    save: () => void;
    handOver: (origin: 'cache' | 'fitted') => void;
    onWait: () => void;
  }) {
    this.#fit = options.fit;
    this.#artefact = options.artefact;
    this.#lock = new ArtefactLock(options.artefact);
    this.#save = options.save;
    this.#handOver = options.handOver;
    this.#onWait = options.onWait;
  }

  get name(): string {
    return this.#fit.name;
  }

  get unit(): string {
    return this.#fit.unit;
  }

  get total(): number {
    return this.#fit.total + 1;
  }

  get done(): number {
    return this.#finished ? this.total : this.#fit.done;
  }

  async step(): Promise<void> {
    // A fit that has begun goes on: its points so far must not be followed by another's.
    if (this.#fit.done === 0 && existsSync(this.#artefact)) return this.#finish('cache');
    if (!this.#lock.acquire()) {
      if (!this.#waiting) this.#onWait();
      this.#waiting = true;
      await delay(lookAgainMs);
      return;
    }
    if (this.#fit.done < this.#fit.total) {
      await this.#fit.step();
      return;
    }
    this.#save();
    this.#finish('fitted');
  }

  #finish(origin: 'cache' | 'fitted'): void {
    this.#handOver(origin);
    this.#finished = true;
    this.#lock.release();
  }

  state(): PartState {
    const { tensors, values } = this.#fit.state();
    return { tensors, values: { fit: values, finished: this.#finished } };
  }

  restore(state: PartState): void {
    const values = state.values['fit'] as PartState['values'];
    this.#fit.restore({ tensors: state.tensors, values });
    this.#finished = state.values['finished'] === true;
  }

  dispose(): void {
    this.#lock.release();
    this.#fit.dispose();
  }
}
