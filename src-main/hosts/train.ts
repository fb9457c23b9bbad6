import { trainRun } from '#engine/training/train-run.ts';
import { openParentPort } from './parent-port.ts';
import { serveTraining } from './train-session.ts';

// Entry of a train host: one run, then the process ends whatever native threads would keep it alive.
const port = await openParentPort();
await port.leave(await serveTraining(port, trainRun));
