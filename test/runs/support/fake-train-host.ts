import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { openParentPort } from '#hosts/parent-port.ts';
import { serveTraining } from '#hosts/train-session.ts';
import { FakeRun } from './fake-run.ts';

/*
 * A train host whose training is a few random numbers, so that hundreds of runs can be started and killed. The
 * conversation with the core, the checkpoint folders and the store are the real ones.
 */

const port = await openParentPort();
// Every acknowledgement is noted, so that a test can compare the store with what it promised.
let acknowledgements = '';
port.onMessage((message) => {
  if (typeof message !== 'object' || message === null || !('type' in message)) return;
  if (message.type === 'start' && 'runFolder' in message) {
    acknowledgements = join(String(message.runFolder), 'acknowledged.log');
    if ('segment' in message)
      appendFileSync(acknowledgements, `segment ${String(message.segment)}\n`);
  }
  if (message.type === 'acknowledge' && 'count' in message) {
    appendFileSync(acknowledgements, `${String(message.count)}\n`);
  }
});
await port.leave(await serveTraining(port, (options) => new FakeRun(options).walk()));
