import type { MachineReport } from '#contract/routes/system.ts';
import { machineClient } from '../client.ts';
import { alignFields } from '../columns.ts';
import type { Terminal } from '../terminal.ts';
import { formatBytes } from '../text.ts';
import { runJob } from './job.ts';

/** `offrec doctor`. */
export async function examine(terminal: Terminal): Promise<void> {
  const client = await machineClient();
  const report = await runJob<MachineReport>(terminal, client, 'Installation', () =>
    client.system.doctor(),
  );
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
