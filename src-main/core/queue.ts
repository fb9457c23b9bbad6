import { availableParallelism, totalmem } from 'node:os';
import { OffrecError } from '#contract/errors.ts';
import { isLeaseAlive } from '#store/leases.ts';
import type { Range } from '#contract/estimate.ts';
import type { RunRecord } from '#contract/run.ts';
import type { Budget, Queue, Runs } from './api.ts';
import { deviceOf, type Estimator } from './estimate.ts';
import { forecast, type Forecast, type ForecastRun } from './forecast.ts';
import { queueLease, type CoreContext } from './context.ts';
import type { QueueOwner } from './queue-owner.ts';

const setting = 'budget';
const gibibyte = 2 ** 30;

/** What this machine can give: all cores, seven tenths of the memory that this process may use. */
function defaultBudget(): Budget {
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  const cores = availableParallelism();
  return {
    cores,
    hosts: cores,
    memoryBytes: Math.floor(memory * 0.7),
    memoryPerRunBytes: gibibyte,
    // Two runs on one GPU are slower than one after the other, and may run out of its memory.
    gpuRuns: 1,
  };
}

function checkBudget(change: Partial<Budget>): void {
  for (const [name, value] of Object.entries(change)) {
    if (Number.isInteger(value) && value >= (name === 'hosts' ? 0 : 1)) continue;
    throw new OffrecError('invalid-input', 'A budget is made of positive whole numbers.', {
      where: name,
    });
  }
}

/** The budget as stored over the machine's own, with this process's limit of hosts. */
export function currentBudget(context: CoreContext): Budget {
  const stored = context.store.read.keepsakes.setting<Partial<Budget>>(setting) ?? {};
  const budget = { ...defaultBudget(), ...stored };
  return context.concurrency === null ? budget : { ...budget, hosts: context.concurrency };
}

const heldSetting = 'queueHeld';
const pausedSetting = 'pausedTogether';

/** The budget of what may start now: nothing while the queue is held. */
export function startingBudget(context: CoreContext): Budget {
  const budget = currentBudget(context);
  return isHeld(context) ? { ...budget, hosts: 0 } : budget;
}

function isHeld({ store }: CoreContext): boolean {
  return store.read.keepsakes.setting<boolean>(heldSetting) === true;
}

/** Holding, and pausing all runs at once. */
function holding(
  context: CoreContext,
  owner: QueueOwner,
  runs: Pick<Runs, 'pause' | 'resume'>,
): Pick<Queue, 'held' | 'hold' | 'pauseAll' | 'resumeAll'> {
  const { store } = context;
  const put = (name: string, value: unknown): void =>
    store.write.keepsakes.putSetting(name, value, 'queue');
  const hold = (held: boolean): void => {
    put(heldSetting, held);
    owner.wake();
  };
  return {
    held: () => isHeld(context),
    hold,
    async pauseAll() {
      // Held first, so that nothing takes the place of what is paused.
      hold(true);
      const ids = runningRuns(context).map(({ id }) => id);
      const before = store.read.keepsakes.setting<string[]>(pausedSetting) ?? [];
      put(pausedSetting, [...new Set([...before, ...ids])]);
      await Promise.all(ids.map((id) => runs.pause(id)));
      return ids.length;
    },
    async resumeAll() {
      const paused = (store.read.keepsakes.setting<string[]>(pausedSetting) ?? []).filter(
        (id) => store.read.runs.get(id)?.record.status === 'paused',
      );
      put(pausedSetting, []);
      for (const id of paused) await runs.resume(id, { serve: false });
      hold(false);
      return paused.length;
    },
  };
}

function runningRuns({ store }: CoreContext): RunRecord[] {
  const at = ({ startedAt }: RunRecord): string => startedAt ?? '';
  return store.read.runs
    .list({ statuses: ['running', 'pausing'], superseded: true })
    .map(({ record }) => record)
    .sort((a, b) => at(a).localeCompare(at(b)));
}

function failedRuns({ store }: CoreContext, limit: number): RunRecord[] {
  const at = ({ ended_at: end }: { ended_at: string | null }): string => end ?? '';
  return store.read.runs
    .index({ statuses: ['failed', 'interrupted'] })
    .sort((a, b) => at(b).localeCompare(at(a)))
    .slice(0, limit)
    .flatMap(({ id }) => store.read.runs.get(id)?.record ?? []);
}

/** Runs whose start and end are told; who waits behind them waits long. */
const foreseenRuns = 200;

async function expected(context: CoreContext, estimator: Estimator): Promise<Forecast[]> {
  const budget = startingBudget(context);
  const available = context.devices();
  const known = new Map<string, Promise<Range | null>>();
  const whole = (run: RunRecord): Promise<Range | null> => {
    const { method, dataset, config, compute } = run.spec;
    const key = JSON.stringify([method, dataset, config, compute]);
    // A dataset that is gone tells nothing of its runs, and the queue is shown all the same.
    const found =
      known.get(key) ??
      estimator.one(run.spec, available).then(
        ({ secondsEach }) => secondsEach,
        () => null,
      );
    known.set(key, found);
    return found;
  };
  const forecastRun = async (run: RunRecord, takenS: number): Promise<ForecastRun> => {
    const seconds = await whole(run);
    const rest = (end: number): number => Math.max(run.progress?.remainingS ?? 0, end - takenS, 0);
    return {
      id: run.id,
      cores: run.spec.compute.threads,
      memoryBytes: budget.memoryPerRunBytes,
      onGpu: deviceOf(run.spec.compute, available) === 'native-cuda',
      seconds: seconds === null ? null : { low: rest(seconds.low), high: rest(seconds.high) },
    };
  };
  const queued = context.store.read.runs.queued(foreseenRuns).map(({ record }) => record);
  const running = runningRuns(context);
  return forecast(
    await Promise.all(running.map((run) => forecastRun(run, estimator.secondsTaken(run)))),
    await Promise.all(queued.map((run) => forecastRun(run, 0))),
    budget,
  );
}

export function createQueue(
  context: CoreContext,
  owner: QueueOwner,
  runs: Pick<Runs, 'pause' | 'resume'>,
  estimator: Estimator,
): Queue {
  const { store } = context;
  return {
    ...holding(context, owner, runs),
    running: () => runningRuns(context),
    failures: (limit) => failedRuns(context, limit),
    expected: () => expected(context, estimator),
    serve: () => Promise.resolve(owner.serve()),
    owner() {
      const lease = store.read.leases.get(queueLease);
      if (lease === null || !isLeaseAlive(lease, store.process.machine, Date.now())) return null;
      const { pid, machine } = lease.process;
      return { pid, machine, self: lease.holder === store.holder };
    },
    list: () => store.read.runs.queued().map(({ record }) => record),
    budget: () => currentBudget(context),
    devices: () => context.devices(),
    setBudget(change) {
      checkBudget(change);
      const stored = store.read.keepsakes.setting<Partial<Budget>>(setting) ?? {};
      store.write.keepsakes.putSetting(setting, { ...stored, ...change }, 'queue');
      owner.wake();
      return currentBudget(context);
    },
  };
}
