import type { Aggregation } from '#contract/protocol.ts';
import type { Published } from '#contract/published.ts';
import type { TableEntry } from '#contract/routes/tables.ts';

export type { TableEntry };

export interface TableOptions {
  /** Metric names without a family, such as `rTra`; default: all that the methods declare. */
  readonly metrics?: readonly string[];
  readonly aggregations?: readonly Aggregation[];
  /** Also values of runs that have not ended; without it they are null. Default false. */
  readonly unfinished?: boolean;
  /** Reference policies that are already scored under the runs' protocols. Default true. */
  readonly references?: boolean;
}

export interface Tables {
  data(experiments: string | readonly string[], options?: TableOptions): Promise<TableEntry[]>;
  /** The figures that come with the program, file by file. */
  published(): Promise<Published[]>;
}
