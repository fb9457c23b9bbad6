import type { PhaseProgress } from '#contract/run.ts';
import type { Phase } from './phase.ts';

/** Length of the window over which a rate is measured. */
const windowMs = 10_000;

/** Rate and time left of one phase, from the last seconds. */
export class ProgressMeter {
  readonly #samples: { timeMs: number; done: number }[] = [];

  measure(phase: Phase, position: { phase: number; phases: number }): PhaseProgress {
    const timeMs = performance.now();
    this.#samples.push({ timeMs, done: phase.done });
    while (this.#samples.length > 2 && timeMs - this.#samples[0]!.timeMs > windowMs) {
      this.#samples.shift();
    }
    const first = this.#samples[0]!;
    const elapsedS = (timeMs - first.timeMs) / 1000;
    const ratePerS = elapsedS > 0 ? (phase.done - first.done) / elapsedS : null;
    const remainingS =
      ratePerS !== null && ratePerS > 0 ? (phase.total - phase.done) / ratePerS : null;
    const { name, done, total, unit } = phase;
    return { ...position, name, done, total, unit, ratePerS, remainingS };
  }
}
