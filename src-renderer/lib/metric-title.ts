import { evaluationTitles } from '#contract/metric-titles.ts';

const titles = new Map<string, string>(Object.entries(evaluationTitles));

/** Where a title alone would not tell which of a run's metrics is meant. */
const families: Readonly<Record<string, string>> = { eval: '', final: ' at the end' };

/** A metric as tables and charts call it: `eval/rTra` is `R_tra`. What has no declared title keeps its name. */
export function metricTitle(metric: string): string {
  const slash = metric.indexOf('/');
  const title = titles.get(metric.slice(slash + 1));
  const suffix = slash < 0 ? '' : families[metric.slice(0, slash)];
  return title === undefined || suffix === undefined ? metric : `${title}${suffix}`;
}
