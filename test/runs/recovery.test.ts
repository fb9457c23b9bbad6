import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runLeasePrefix, type CoreContext } from '#core/context.ts';
import { homeFolders } from '#core/home.ts';
import { recoverAbandoned } from '#core/recovery.ts';
import { identifyProcess, type ProcessIdentity } from '#store/process-identity.ts';
import { openStore, type Store } from '#store/store.ts';
import { coreOn, experiment, temporaryHome } from './support/homes.ts';

let store: Store;
let child: ChildProcess;
beforeEach(async () => {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
});
afterEach(() => {
  child.kill('SIGKILL');
  store.close();
});

/** A run whose core is gone, while a process still writes into its folder by its lease. */
async function abandonedRun(host: ProcessIdentity): Promise<{ id: string; context: CoreContext }> {
  const home = homeFolders(temporaryHome());
  const core = await coreOn(home.root);
  const { runs } = await core.experiments.create(experiment());
  const id = runs[0]?.id ?? '';
  store = openStore({ file: home.database, backupsFolder: home.backups });
  store.write.runs.setStatus(id, ['queued'], 'running', { started: true });
  store.write.leases.claim(runLeasePrefix + id, 'another', host, store.process.machine);
  return { id, context: { home, store } as CoreContext };
}

describe('a host whose core is gone', () => {
  it('that writes for too long is ended', async () => {
    const gone = once(child, 'exit');
    const { id, context } = await abandonedRun(identifyProcess(child.pid ?? 0));
    expect(recoverAbandoned(context, new Set(), new Map())).toEqual([id]);
    expect(child.signalCode).toBeNull();
    recoverAbandoned(context, new Set(), new Map([[id, -Infinity]]));
    expect(await gone).toEqual([null, 'SIGKILL']);
  });

  it('on another machine is left alone, and so is the process that has its number here', async () => {
    const elsewhere = { machine: 'elsewhere', pid: child.pid ?? 0, start: '1' };
    const { id, context } = await abandonedRun(elsewhere);
    expect(recoverAbandoned(context, new Set(), new Map([[id, -Infinity]]))).toEqual([id]);
    const gone = await Promise.race([
      once(child, 'exit').then(() => true),
      new Promise((resolve) => setTimeout(() => resolve(false), 500)),
    ]);
    expect(gone).toBe(false);
  });
});
