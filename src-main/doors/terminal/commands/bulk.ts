import { fromWireError } from '#contract/errors.ts';
import type { BulkResult } from '#contract/routes/runs.ts';

/** Throws the first refusal of a bulk action, if there is one. */
export function refuseFailed({ failed }: BulkResult): void {
  const [first] = failed;
  if (first !== undefined) throw fromWireError(first.error);
}
