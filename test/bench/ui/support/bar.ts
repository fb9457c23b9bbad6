import type { Browser } from 'playwright-core';
import { median, type BenchEntry } from '../../support/entry.ts';

/** What a bar needs to be measured. */
export interface Measuring {
  readonly browser: Browser;
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** Data folder of 10,000 runs. */
  readonly home: string;
  /** Ids of its runs. */
  readonly runs: readonly string[];
  readonly rounds: number;
  readonly liveSeconds: number;
  /** Makes an empty data folder that is removed at the end. */
  newHome(): string;
  progress(line: string): void;
}

export type Bar = (measuring: Measuring) => Promise<BenchEntry[]>;

/** A time with its bar, out of several rounds. */
export function timeBar(
  name: string,
  valuesMs: readonly number[],
  boundMs: number,
  note = '',
): BenchEntry {
  return {
    name,
    unit: 'ms',
    ours: median(valuesMs),
    peer: null,
    ratio: null,
    min: Math.min(...valuesMs),
    rounds: valuesMs.length,
    bar: { of: 'ours', bound: boundMs },
    note,
  };
}

/** A figure to be read beside the bars. */
export function figure(
  name: string,
  unit: BenchEntry['unit'],
  ours: number,
  extra: Partial<BenchEntry> = {},
): BenchEntry {
  return { name, unit, ours, peer: null, ratio: null, ...extra };
}

/** The value below which 95 of 100 lie. */
export function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}

/** The same measurement several times. */
export async function repeated(
  rounds: number,
  measure: (round: number) => Promise<number>,
): Promise<number[]> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) values.push(await measure(round));
  return values;
}
