import type { Grid, GridSeries } from '#contract/routes/compare.ts';
import type { SeriesAxis } from '#contract/routes/runs.ts';

/** What of a metric is in sight. */
export interface CurveView {
  readonly metric: string;
  readonly axis: SeriesAxis;
  /** Most intervals. */
  readonly buckets: number;
  /** The part that is zoomed into, or null for all of it. */
  readonly part: { readonly from: number; readonly to: number } | null;
  /** Least and greatest values come along. */
  readonly ranges: boolean;
}

export interface CurveQuestion {
  of: { run: string; metric: string }[];
  axis: SeriesAxis;
  buckets: number;
  part?: { from: number; to: number };
  grid?: Grid;
  ranges: boolean;
}

export interface CurveAnswer {
  readonly grid: Grid;
  readonly series: readonly GridSeries[];
}

/** The series of one chart. Asks for those alone that are new or have grown, on the grid that the others are on. */
export class CurveReader {
  readonly #ask: (question: CurveQuestion) => Promise<CurveAnswer>;
  #view = '';
  #grid: Grid | null = null;
  #byRun = new Map<string, GridSeries>();
  readonly #grown = new Set<string>();

  constructor(ask: (question: CurveQuestion) => Promise<CurveAnswer>) {
    this.#ask = ask;
  }

  /** What was read of a run's series no longer counts. */
  forget(run: string): void {
    this.#grown.add(run);
  }

  forgetAll(): void {
    this.#view = '';
  }

  /** The series of the runs, in their order. Call it again only when the promise has settled. */
  async read(view: CurveView, runs: readonly string[]): Promise<readonly GridSeries[]> {
    const name = JSON.stringify(view);
    if (name !== this.#view) {
      this.#grid = null;
      this.#byRun.clear();
    }
    this.#view = name;
    const missing = runs.filter((run) => !this.#byRun.has(run) || this.#grown.has(run));
    if (missing.length > 0) await this.#fetch(view, missing, runs);
    return runs.flatMap((run) => this.#byRun.get(run) ?? []);
  }

  async #fetch(view: CurveView, missing: readonly string[], all: readonly string[]): Promise<void> {
    const grid = this.#grid;
    const wanted = grid === null ? all : missing;
    // Points that are logged from here on are told by the next change.
    for (const run of wanted) this.#grown.delete(run);
    let answer: CurveAnswer;
    try {
      answer = await this.#ask(question(view, wanted, grid));
    } catch (error) {
      for (const run of wanted) this.#grown.add(run);
      throw error;
    }
    const isOutgrown =
      grid !== null &&
      view.part === null &&
      answer.series.some((series) => isOutside(series, grid));
    if (isOutgrown) {
      this.#grid = null;
      return this.#fetch(view, all, all);
    }
    // A grid over nothing would not hold what comes.
    this.#grid ??= answer.series.some(({ total }) => total > 0) ? answer.grid : null;
    for (const series of answer.series) this.#byRun.set(series.run, series);
  }
}

function question(view: CurveView, runs: readonly string[], grid: Grid | null): CurveQuestion {
  const { metric, axis, buckets, part, ranges } = view;
  return {
    of: runs.map((run) => ({ run, metric })),
    axis,
    buckets,
    ranges,
    ...(part === null ? {} : { part: { ...part } }),
    ...(grid === null ? {} : { grid }),
  };
}

function isOutside({ total, first, last }: GridSeries, { from, width, buckets }: Grid): boolean {
  return total > 0 && (first < from || last > from + width * buckets);
}
