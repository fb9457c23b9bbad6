import { openCore } from '#core/open-core.ts';
import { fakeTrainHost } from './fake-host-path.ts';

/*
 * A core in a process of its own, to be killed. It serves the queue of the data folder named by its argument;
 * with `resume` as second argument it puts every run that was interrupted back into the queue. Variables choose
 * the real train host and the time between checkpoints.
 */

const [home = '', mode = ''] = process.argv.slice(2);
const core = await openCore({
  home,
  hostEntries: process.env['OFFREC_TEST_REAL'] === '1' ? {} : { train: fakeTrainHost },
  concurrency: 3,
  checkpointEveryS: Number(process.env['OFFREC_TEST_CHECKPOINT_S'] ?? '3600'),
});

async function resumeInterrupted(): Promise<void> {
  for (const run of core.runs.list({ status: ['interrupted', 'paused'] })) {
    await core.runs.resume(run.id);
  }
}

process.on('SIGTERM', () => void core.close().then(() => process.exit(0)));
await core.queue.serve();
if (mode === 'resume') {
  await resumeInterrupted();
  core.onChange((change) => {
    if (change.runs.length > 0) void resumeInterrupted();
  });
}
process.stdout.write(`serving\n`);
setInterval(() => undefined, 1000);
