/** Points a second of each run that logs, over all of its metrics. */
export const pointsPerS = 2000;
export const loggedMetrics = 20;

const variable = 'OFFREC_BENCH_LOAD_S';

export const loadEnvironment = (seconds: number): Record<string, string> => ({
  [variable]: String(seconds),
});

/** How long this process is to log, in seconds. */
export const readLoadSeconds = (): number => Number(process.env[variable] ?? '60');

export const pointsOf = (seconds: number): number => Math.round(pointsPerS * seconds);
