import { computed, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { fromRouterError } from '#contract/router-error.ts';
import type { CheckpointRow } from '#contract/routes/checkpoints.ts';
import type { JobProgress } from '#contract/routes/job.ts';
import { core } from '../../api/session.ts';

export type Verdict = 'checking' | 'intact' | readonly string[];

export interface Verification {
  /** By `run/name`; a list of sentences says what is wrong. */
  readonly verdicts: ShallowRef<ReadonlyMap<string, Verdict>>;
  readonly progress: ComputedRef<JobProgress | null>;
  /** One after the other, so that the disk is not asked for everything at once. */
  verify: (rows: readonly CheckpointRow[]) => Promise<void>;
  cancel: () => void;
}

export const keyOf = ({ run, name }: Pick<CheckpointRow, 'run' | 'name'>): string =>
  `${run}/${name}`;

/** Reads checkpoints again and compares them with their manifests. */
export function useVerification(): Verification {
  const verdicts = shallowRef<ReadonlyMap<string, Verdict>>(new Map());
  const state = shallowRef<{ done: number; total: number } | null>(null);
  let own = new AbortController();

  const tell = (row: CheckpointRow, verdict: Verdict | null): void => {
    const next = new Map(verdicts.value);
    if (verdict === null) next.delete(keyOf(row));
    else next.set(keyOf(row), verdict);
    verdicts.value = next;
  };

  async function verifyOne(row: CheckpointRow, signal: AbortSignal): Promise<void> {
    tell(row, 'checking');
    const { run, name } = row;
    try {
      const { ok, problems } = await core.checkpoints.verify({ run, name }, { signal });
      tell(row, ok ? 'intact' : problems);
    } catch (thrown) {
      tell(row, signal.aborted ? null : [fromRouterError(thrown).message]);
    }
  }

  async function verify(rows: readonly CheckpointRow[]): Promise<void> {
    own.abort();
    const started = new AbortController();
    own = started;
    for (const [done, row] of rows.entries()) {
      if (started.signal.aborted) break;
      state.value = { done, total: rows.length };
      await verifyOne(row, started.signal);
    }
    if (own === started) state.value = null;
  }

  const cancel = (): void => {
    own.abort();
    state.value = null;
  };
  onScopeDispose(cancel);
  const progress = computed(() =>
    state.value === null
      ? null
      : { stage: 'compare with the manifest', unit: 'checkpoints', ...state.value },
  );
  return { verdicts, progress, verify, cancel };
}
