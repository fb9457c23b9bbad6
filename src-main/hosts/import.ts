import { serveJob } from './job-session.ts';
import { doJob } from './jobs.ts';
import { openParentPort } from './parent-port.ts';

// Entry of a job host: an import, a guess, statistics or reference scores, then the process ends.
const port = await openParentPort();
await port.leave(await serveJob(port, doJob));
