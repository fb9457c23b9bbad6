import { availableParallelism, totalmem } from 'node:os';
import { OffrecError } from '#contract/errors.ts';
import { isLeaseAlive } from '#store/leases.ts';
import type { Budget, Queue } from './api.ts';
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

export function createQueue(context: CoreContext, owner: QueueOwner): Queue {
  const { store } = context;
  return {
    serve: () => Promise.resolve(owner.serve()),
    owner() {
      const lease = store.read.leases.get(queueLease);
      if (lease === null || !isLeaseAlive(lease, store.process.machine, Date.now())) return null;
      const { pid, machine } = lease.process;
      return { pid, machine, self: lease.holder === store.holder };
    },
    list: () => store.read.runs.queued().map(({ record }) => record),
    budget: () => currentBudget(context),
    setBudget(change) {
      checkBudget(change);
      const stored = store.read.keepsakes.setting<Partial<Budget>>(setting) ?? {};
      store.write.keepsakes.putSetting(setting, { ...stored, ...change }, 'queue');
      owner.wake();
      return currentBudget(context);
    },
  };
}
