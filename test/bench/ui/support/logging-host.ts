import { setTimeout as delay } from 'node:timers/promises';
import type { TrainOptions, TrainResult } from '#engine/training/train-run.ts';
import { openParentPort } from '#hosts/parent-port.ts';
import { serveTraining } from '#hosts/train-session.ts';
import { loggedMetrics, pointsOf, pointsPerS, readLoadSeconds } from './load.ts';

/* A train host that logs at a steady rate, and so many points in all that a lost one is noticed. */

const device = {
  device: 'portable',
  tensorflow: null,
  node: process.versions.node,
  threads: 1,
  xla: false,
} as const;
const restMs = 20;

async function logPoints({ report, control, flushed }: TrainOptions): Promise<TrainResult> {
  report.ready(device);
  const total = pointsOf(readLoadSeconds());
  const beginMs = performance.now();
  let logged = 0;
  while (logged < total) {
    const due = Math.min(total, ((performance.now() - beginMs) / 1000) * pointsPerS);
    for (; logged < due; logged += 1) {
      const step = Math.floor(logged / loggedMetrics);
      report.metric(`load/m${String(logged % loggedMetrics)}`, step, Math.sin(logged / 977));
    }
    const progress = { phase: 0, phases: 1, name: 'load', done: logged, total, unit: 'points' };
    report.progress({ ...progress, ratePerS: pointsPerS, remainingS: null }, 0);
    if (control.request() === 'stop') break;
    await delay(restMs);
  }
  await flushed();
  return { outcome: logged < total ? 'stopped' : 'done', checkpoint: null };
}

const port = await openParentPort();
await port.leave(await serveTraining(port, logPoints));
