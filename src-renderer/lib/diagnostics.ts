import type { DatabaseInfo } from '#contract/routes/database.ts';
import type { Health } from '#contract/routes/health.ts';
import type { MachineReport } from '#contract/routes/system.ts';
import { formatBytes } from './format.ts';

export interface Diagnosis {
  readonly report: MachineReport | null;
  readonly database: DatabaseInfo | null;
  readonly health: Health | null;
  /** The data folder: the one path that is told. */
  readonly home: string;
  readonly browser: string;
}

// Absolute paths of Unix and Windows: what follows a space, a quote or a bracket.
const paths = /(?<![\w.])(?:[A-Za-z]:\\|\/)(?:[^\s'"()<>:;,]+)/g;

/** Text without paths that tell who somebody is; those inside the data folder stay. */
export function withoutPersonalPaths(text: string, home: string): string {
  return text.replace(paths, (path) => (path.startsWith(home) ? path : '…'));
}

const lines = (title: string, entries: readonly string[]): string[] => [
  '',
  `${title}:`,
  ...(entries.length === 0 ? ['  none'] : entries.map((entry) => `  ${entry}`)),
];

/** Everything that a report of a problem needs, as text. */
export function diagnosticsText({ report, database, health, home, browser }: Diagnosis): string {
  const machine = report === null ? ['  not looked over'] : machineLines(report);
  const sizes =
    database === null
      ? []
      : [
          `database: ${formatBytes(database.bytes)}, schema ${database.schemaVersion}, ${database.runs} runs, ${database.points} points`,
        ];
  const hosts = (health?.hosts ?? []).map(
    ({ run, pid, memoryBytes, silentMs }) =>
      `${run} process ${pid}, ${memoryBytes === null ? 'memory unknown' : formatBytes(memoryBytes)}, silent ${silentMs ?? '?'} ms`,
  );
  const notices = (health?.notices ?? []).map(
    ({ time, level, message }) => `${time} ${level} ${message}`,
  );
  const slow = (health?.slowQueries ?? []).map(
    ({ time, name, durationMs }) => `${time} ${name} ${durationMs} ms`,
  );
  const text = [
    `Offrec ${report?.offrec ?? ''}`.trim(),
    ...machine,
    `data folder: ${home}`,
    ...sizes,
    `browser: ${browser}`,
    ...lines('Processes of runs', hosts),
    ...lines('Notices', notices),
    ...lines('Slow queries', slow),
  ].join('\n');
  return withoutPersonalPaths(text, home);
}

function machineLines(report: MachineReport): string[] {
  const { device, tensorflow, gflops, threads, memoryBytes, missing } = report;
  return [
    `device: ${device}, TensorFlow ${tensorflow ?? 'none'}, ${gflops ?? '?'} GFLOPS`,
    `machine: ${report.platform}, ${report.processor}, ${threads} threads, ${formatBytes(memoryBytes)}`,
    `libraries: Node ${report.node}, SQLite ${report.sqlite ?? 'none'}, DuckDB ${report.duckdb ?? 'none'}`,
    ...missing.map(({ what }) => `missing: ${what}`),
  ];
}
