import type { RunRow } from '#contract/routes/runs.ts';
import { spreadOf, type BandKind, type Spread } from './compare-bands.ts';

/** A setting that takes several values among the compared runs. */
export interface Parameter {
  readonly name: string;
  /** Its values as text, numbers in their order. */
  readonly values: readonly string[];
  readonly isNumeric: boolean;
  /** True when its values span more than a decade above zero, so that equal ratios matter. */
  readonly isLogarithmic: boolean;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** The settings in which runs differ, by name. */
export function parametersOf(rows: readonly RunRow[]): Parameter[] {
  const names = new Set(rows.flatMap(({ spec }) => Object.keys(spec.config)));
  return [...names].sort().flatMap((name): Parameter[] => {
    const held = rows.map(({ spec }) => spec.config[name]);
    const values = [...new Set(held.map(textOf))];
    if (values.length < 2) return [];
    const isNumeric = held.every((value) => typeof value === 'number');
    const numbers = held.filter((value) => typeof value === 'number');
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const sorted = isNumeric
      ? values.sort((a, b) => Number(a) - Number(b))
      : values.sort((a, b) => a.localeCompare(b, 'en'));
    return [
      { name, values: sorted, isNumeric, isLogarithmic: isNumeric && low > 0 && high / low > 10 },
    ];
  });
}

export function settingText(row: RunRow, name: string): string {
  return textOf(row.spec.config[name]);
}

export interface EffectPoint {
  readonly value: string;
  readonly spread: Spread;
  /** Single runs, for the reader to see what was averaged. */
  readonly values: readonly number[];
}

export interface EffectLine {
  /** Value of the facet; empty without one. */
  readonly name: string;
  readonly points: readonly EffectPoint[];
}

/**
 * A metric over one setting: of the runs with each value the mean with its interval, whatever their other settings
 * are. With a facet there is a line for each of its values instead of the average over them.
 */
export function effectLines(
  rows: readonly RunRow[],
  parameter: Parameter,
  facet: Parameter | null,
  resultOf: (row: RunRow) => number | null,
  kind: BandKind,
): EffectLine[] {
  return (facet?.values ?? ['']).map((name) => {
    const own = rows.filter((row) => facet === null || settingText(row, facet.name) === name);
    const points = parameter.values.flatMap((value): EffectPoint[] => {
      const values = own
        .filter((row) => settingText(row, parameter.name) === value)
        .map(resultOf)
        .filter((result) => result !== null && Number.isFinite(result)) as number[];
      return values.length === 0 ? [] : [{ value, values, spread: spreadOf(values, kind) }];
    });
    return { name, points };
  });
}
