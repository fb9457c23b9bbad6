import { OffrecError } from '#contract/errors.ts';
import type { RouterClient } from '#contract/router.ts';
import type { RunRecord } from '#contract/run.ts';
import type { Terminal } from '../terminal.ts';
import { runJob } from './job.ts';

/**
 * Scores the reference policies under every dataset and protocol of the runs that are done, so that they stand in
 * the table. What is known already is not scored again. A dataset that cannot be scored is said and passed over.
 */
export async function scoreMissingReferences(
  terminal: Terminal,
  client: RouterClient,
  runs: readonly RunRecord[],
): Promise<void> {
  const settings = new Map(
    runs
      .filter(({ status }) => status === 'done')
      .map((run) => [`${run.spec.dataset} ${run.protocolHash}`, run.spec]),
  );
  for (const { dataset, protocol } of settings.values()) {
    try {
      await runJob(terminal, client, `reference policies on ${dataset}`, () =>
        client.datasets.reference({ name: dataset, protocol }),
      );
    } catch (error) {
      if (!(error instanceof OffrecError) || error.code === 'cancelled') throw error;
      terminal.say(`Without reference policies on ${dataset}: ${error.message}`);
    }
  }
}
