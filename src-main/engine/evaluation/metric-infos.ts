import { evaluationTitles } from '#contract/metric-titles.ts';

/** Which way a metric is better, and how it is shown. */
export interface MetricInfo {
  readonly metric: string;
  readonly title: string;
  readonly direction: 'max' | 'min' | 'none';
  readonly digits: number;
}

/** What every evaluation in a ground-truth environment reports, in the order of published tables. */
export const evaluationMetricInfos: readonly MetricInfo[] = [
  { metric: 'rTra', title: evaluationTitles.rTra, direction: 'max', digits: 2 },
  { metric: 'rEach', title: evaluationTitles.rEach, direction: 'max', digits: 3 },
  { metric: 'length', title: evaluationTitles.length, direction: 'max', digits: 2 },
  { metric: 'mcd', title: evaluationTitles.mcd, direction: 'min', digits: 3 },
  { metric: 'coverage', title: evaluationTitles.coverage, direction: 'max', digits: 3 },
  { metric: 'coverageTurn', title: evaluationTitles.coverageTurn, direction: 'max', digits: 3 },
  { metric: 'novelty', title: evaluationTitles.novelty, direction: 'max', digits: 3 },
  { metric: 'returnStd', title: evaluationTitles.returnStd, direction: 'none', digits: 2 },
];
