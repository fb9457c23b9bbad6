import { createHash } from 'node:crypto';

/**
 * Counts the points of a run and chains their SHA-256, so that a checkpoint can tell in one short value which
 * history led to it.
 */
export class MetricChain {
  #count = 0;
  #hash = createHash('sha256').digest('hex');

  get count(): number {
    return this.#count;
  }

  get hash(): string {
    return this.#hash;
  }

  add(metric: string, step: number, value: number): void {
    this.#count++;
    const numbers = new Float64Array([step, value]);
    this.#hash = createHash('sha256')
      .update(this.#hash)
      .update(metric)
      .update(new Uint8Array(numbers.buffer))
      .digest('hex');
  }

  restore(count: number, hash: string): void {
    this.#count = count;
    this.#hash = hash;
  }
}
