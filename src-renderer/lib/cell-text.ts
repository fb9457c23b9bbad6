import {
  formatDuration,
  formatMeanSpread,
  formatNumber,
  formatSteady,
  formatTime,
} from './format.ts';
import type { GroupCell } from './row-groups.ts';
import type { CellValue, RunColumn } from './run-rows.ts';

/** A cell as it is shown. */
export function cellText(column: RunColumn, value: CellValue): string {
  if (value === null) return '–';
  if (typeof value === 'string') return column.kind === 'time' ? formatTime(value) : value;
  if (column.kind === 'seconds') return formatDuration(value);
  if (column.key.startsWith('metric.')) return formatSteady(value);
  return column.key === 'progress' ? `${Math.floor(value * 100)} %` : formatNumber(value);
}

/** A group's cell as it is shown: what its rows share, their mean ± spread, or nothing where they differ. */
export function groupCellText(column: RunColumn, cell: GroupCell): string {
  if (cell.kind === 'same') return cellText(column, cell.value);
  if (cell.kind === 'mixed') return '';
  if (column.kind === 'seconds' || column.key === 'progress') return cellText(column, cell.mean);
  return formatMeanSpread(cell.mean, cell.std);
}
