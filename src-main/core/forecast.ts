import type { Range } from '#contract/estimate.ts';
import { planStarts, type Demand, type Limits } from '#supervise/schedule.ts';

/** A run of the queue with what is left of it, in seconds; null where nobody knows. */
export interface ForecastRun extends Demand {
  readonly seconds: Range | null;
}

export interface Forecast {
  readonly run: string;
  readonly start: Range;
  readonly end: Range;
}

/**
 * When the runs start and end, in seconds from now, if every one takes what is expected: the scheduler itself, run
 * ahead of time. What waits behind a run of unknown length is left out.
 */
export function forecast(
  running: readonly ForecastRun[],
  waiting: readonly ForecastRun[],
  limits: Limits,
): Forecast[] {
  const low = simulate(running, waiting, limits, 'low');
  const high = simulate(running, waiting, limits, 'high');
  return [...low].flatMap(([run, early]) => {
    const late = high.get(run);
    if (late === undefined) return [];
    return [
      {
        run,
        start: { low: early.start, high: Math.max(early.start, late.start) },
        end: { low: early.end, high: Math.max(early.end, late.end) },
      },
    ];
  });
}

interface Times {
  readonly start: number;
  readonly end: number;
}

function simulate(
  running: readonly ForecastRun[],
  waiting: readonly ForecastRun[],
  limits: Limits,
  pace: 'low' | 'high',
): Map<string, Times> {
  const times = new Map<string, Times>();
  const active = new Map<string, ForecastRun>();
  let queue = [...waiting];
  const begin = (run: ForecastRun, now: number): void => {
    active.set(run.id, run);
    if (run.seconds !== null) times.set(run.id, { start: now, end: now + run.seconds[pace] });
  };
  for (const run of running) begin(run, 0);
  for (let now = 0; ;) {
    const starts = new Set(planStarts(queue, [...active.values()], limits));
    for (const run of queue) if (starts.has(run.id)) begin(run, now);
    queue = queue.filter(({ id }) => !starts.has(id));
    const ends = [...active.keys()].flatMap((id) => times.get(id)?.end ?? []);
    if (queue.length === 0 || ends.length === 0) return times;
    now = Math.min(...ends);
    for (const [id] of active) if ((times.get(id)?.end ?? Infinity) <= now) active.delete(id);
  }
}
