import type { MethodDetail, MethodSummary } from '#contract/routes/methods.ts';

export type { MethodDetail, MethodSummary };

export interface Methods {
  list(): Promise<MethodSummary[]>;
  /** Throws `not-found` with the nearest name as a hint. */
  show(name: string): Promise<MethodDetail>;
  /** JSON schema of experiment files, every method's fields included. */
  experimentSchema(): Promise<Readonly<Record<string, unknown>>>;
}
