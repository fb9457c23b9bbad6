import { createInterface } from 'node:readline';
import { openDevice } from '#engine/compute/device.ts';
import { makeTrainingStep, type TrainingStep } from '../models/index.ts';

/**
 * Our side of a duel: `step-worker.ts DEVICE THREADS` reads {step, calls} and answers {ms}, a line each.
 * Only the newest step is kept.
 */
const [device, threads] = process.argv.slice(2);

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function timed(step: TrainingStep, calls: number): number[] {
  return Array.from({ length: calls }, () => {
    const start = performance.now();
    const loss = step.run();
    const ms = performance.now() - start;
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
    return ms;
  });
}

async function main(): Promise<void> {
  const open = await openDevice({
    device: device === 'portable' ? 'portable' : 'native-cpu',
    threads: Number(threads),
    xla: false,
  });
  say({ ready: true, what: `${open.info.device} TensorFlow ${open.info.tensorflow ?? '-'}` });
  let name = '';
  let step: TrainingStep | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as { step: string; calls: number };
    if (step === null || name !== request.step) {
      step?.dispose();
      name = request.step;
      step = makeTrainingStep(name);
    }
    say({ ms: timed(step, request.calls) });
  }
  step?.dispose();
  open.close();
}

await main();
