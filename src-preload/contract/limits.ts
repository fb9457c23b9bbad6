/** Most of everything that may cross the border in one message. What is larger is refused, not cut. */
export const limits = {
  /** Bytes of one request, as it travels. */
  requestBytes: 4 * 1024 * 1024,
  /** Requests of one client that may be under way at once, subscriptions included. */
  requestsAtOnce: 256,
  pathCharacters: 4096,
  experimentFileCharacters: 1_000_000,
  /** One changed field of an experiment file, and how many of them. */
  overrideCharacters: 10_000,
  overrides: 1000,
  noteCharacters: 100_000,
  /** Runs that one request may change. */
  runsAtOnce: 10_000,
  /** Rows of one page of runs, and of planned runs. */
  pageRows: 1000,
  logLines: 5000,
  points: 50_000,
  series: 256,
  /** Runs, or series of one metric, that one comparison may hold. */
  comparedRuns: 2000,
  /** Pixels of one chart. */
  pixels: 4096,
  /** Buckets of all series of one answer together. */
  buckets: 400_000,
  jsonDepth: 32,
  jsonValues: 100_000,
} as const;

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };
