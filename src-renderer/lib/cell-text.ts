import { formatDuration, formatNumber, formatSteady, formatTime } from './format.ts';
import type { CellValue, RunColumn } from './run-rows.ts';

/** A cell as it is shown. */
export function cellText(column: RunColumn, value: CellValue): string {
  if (value === null) return '–';
  if (typeof value === 'string') return column.kind === 'time' ? formatTime(value) : value;
  if (column.kind === 'seconds') return formatDuration(value);
  if (column.key.startsWith('metric.')) return formatSteady(value);
  return column.key === 'progress' ? `${Math.floor(value * 100)} %` : formatNumber(value);
}
