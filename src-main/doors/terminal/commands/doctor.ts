import type { MachineReport } from '#contract/routes/system.ts';
import { machineClient } from '../client.ts';
import { alignFields } from '../columns.ts';
import { listenForInterrupts } from '../interrupts.ts';
import type { Terminal } from '../terminal.ts';
import { formatBytes } from '../text.ts';

/** `offrec doctor`. */
export async function examine(terminal: Terminal): Promise<void> {
  using interrupts = listenForInterrupts(terminal, () => {});
  const { system } = await machineClient();
  const report = await system.doctor(undefined, { signal: interrupts.signal });
  terminal.answer(report, () => reportText(report));
}

function reportText(report: MachineReport): string {
  const fields = alignFields([
    ['offrec', report.offrec],
    ['device', report.device],
    ['tensorflow', report.tensorflow ?? 'none'],
    ['speed', report.gflops === null ? 'not measured' : `${report.gflops} GFLOP/s`],
    ['threads', String(report.threads)],
    ['node', report.node],
    ['sqlite', report.sqlite ?? 'none'],
    ['duckdb', report.duckdb ?? 'none'],
    ['platform', report.platform],
    ['processor', report.processor],
    ['memory', formatBytes(report.memoryBytes)],
    ['cache', `${report.cache.folder} (${formatBytes(report.cache.bytes)})`],
  ]);
  const missing = report.missing.map(({ what, how }) => `missing: ${what} ${how}`);
  return [fields, ...(missing.length === 0 ? ['Nothing is missing.'] : missing)].join('\n');
}
