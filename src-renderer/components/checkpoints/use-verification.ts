import { computed, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type {
  CheckpointKey,
  CheckpointRow,
  VerifiedCheckpoint,
} from '#contract/routes/checkpoints.ts';
import type { JobProgress } from '#contract/routes/job.ts';
import { core } from '../../api/session.ts';
import { useJob } from '../use-job.ts';

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
  let asked: CheckpointKey = { run: '', name: '' };
  let turn = 0;
  const job = useJob<VerifiedCheckpoint>((signal) => core.checkpoints.verify(asked, { signal }));

  const tell = (row: CheckpointRow, verdict: Verdict | null): void => {
    const next = new Map(verdicts.value);
    if (verdict === null) next.delete(keyOf(row));
    else next.set(keyOf(row), verdict);
    verdicts.value = next;
  };

  async function verifyOne(row: CheckpointRow): Promise<void> {
    tell(row, 'checking');
    asked = { run: row.run, name: row.name };
    job.result.value = null;
    await job.start();
    const verified = job.result.value as VerifiedCheckpoint | null;
    if (job.error.value !== null) tell(row, [job.error.value.message]);
    else if (verified === null) tell(row, null);
    else tell(row, verified.ok ? 'intact' : verified.problems);
  }

  async function verify(rows: readonly CheckpointRow[]): Promise<void> {
    cancel();
    const mine = (turn += 1);
    for (const [done, row] of rows.entries()) {
      if (turn !== mine) return;
      state.value = { done, total: rows.length };
      await verifyOne(row);
    }
    if (turn === mine) state.value = null;
  }

  function cancel(): void {
    turn += 1;
    state.value = null;
    job.cancel();
  }
  onScopeDispose(cancel);
  const stage = computed(() => {
    const { value } = job.progress;
    const part = value?.total ? ` (${String(value.done)} of ${String(value.total)} MiB)` : '';
    return `compare with the manifest${part}`;
  });
  const progress = computed(() =>
    state.value === null ? null : { stage: stage.value, unit: 'checkpoints', ...state.value },
  );
  return { verdicts, progress, verify, cancel };
}
