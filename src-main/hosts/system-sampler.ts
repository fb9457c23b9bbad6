const everyMs = 2000;

/**
 * What the process takes of the machine, every two seconds. These series go to the store beside the run's own and
 * never through its engine: nothing of them enters the hash of a checkpoint. Their step is the number of points
 * that the run had logged.
 */
export class SystemSampler {
  #lastMs = performance.now();
  #lastCpu = process.cpuUsage();

  /**
   * Percent of one core since the last sample, resident memory in MiB and the number of tensors; nothing while the
   * last sample is young.
   */
  sample(nowMs: number, tensors: number): (readonly [name: string, value: number])[] {
    const elapsedMs = nowMs - this.#lastMs;
    if (elapsedMs < everyMs) return [];
    const used = process.cpuUsage(this.#lastCpu);
    this.#lastMs = nowMs;
    this.#lastCpu = process.cpuUsage();
    return [
      ['system/cpuPercent', (used.user + used.system) / (elapsedMs * 10)],
      ['system/memoryMiB', process.memoryUsage.rss() / 2 ** 20],
      ['system/tensors', tensors],
    ];
  }
}
