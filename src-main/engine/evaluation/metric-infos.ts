/** Which way a metric is better, and how it is shown. */
export interface MetricInfo {
  readonly metric: string;
  readonly title: string;
  readonly direction: 'max' | 'min' | 'none';
  readonly digits: number;
}

/** What every evaluation in a ground-truth environment reports, in the order of published tables. */
export const evaluationMetricInfos: readonly MetricInfo[] = [
  { metric: 'rTra', title: 'R_tra', direction: 'max', digits: 2 },
  { metric: 'rEach', title: 'R_each', direction: 'max', digits: 3 },
  { metric: 'length', title: 'Length', direction: 'max', digits: 2 },
  { metric: 'mcd', title: 'MCD', direction: 'min', digits: 3 },
  { metric: 'coverage', title: 'CV', direction: 'max', digits: 3 },
  { metric: 'coverageTurn', title: 'CV_turn', direction: 'max', digits: 3 },
  { metric: 'novelty', title: 'Novelty', direction: 'max', digits: 3 },
  { metric: 'returnStd', title: 'Std of returns', direction: 'none', digits: 2 },
];
