import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phase } from '../../../src-main/engine/training/phase.ts';
import { SharedFit } from '../../../src-main/engine/worldmodels/shared-fit.ts';

let folder: string;
let artefact: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offrec-shared-'));
  artefact = join(folder, 'models', 'model.safetensors');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A fit of three steps that writes the artefact; `events` tells what happened. */
function run(events: string[]): SharedFit {
  let done = 0;
  const fit: Phase = {
    name: 'fit',
    unit: 'steps',
    total: 3,
    get done() {
      return done;
    },
    step: () => {
      done++;
    },
    state: () => ({ tensors: {}, values: { done } }),
    restore: (state) => {
      done = state.values['done'] as number;
    },
    dispose() {},
  };
  return new SharedFit({
    artefact,
    fit,
    save: () => writeFileSync(artefact, 'model'),
    handOver: (origin) => events.push(origin),
    onWait: () => events.push('waits'),
  });
}

async function finish(phase: SharedFit): Promise<void> {
  for (let step = 0; step < 50 && phase.done < phase.total; step++) await phase.step();
  expect(phase.done).toBe(phase.total);
}

describe('a fit that runs share', () => {
  it('is made once while another run waits for it', async () => {
    const [first, second]: [string[], string[]] = [[], []];
    const [maker, waiter] = [run(first), run(second)];
    await maker.step();
    await waiter.step();
    expect(waiter.done).toBe(0);
    await Promise.all([finish(maker), finish(waiter)]);
    expect(first).toEqual(['fitted']);
    expect(second).toEqual(['waits', 'cache']);
    expect(existsSync(`${artefact}.lock`)).toBe(false);
  });

  it('is taken over when its maker was paused or is gone', async () => {
    const events: string[] = [];
    const paused = run([]);
    await paused.step();
    paused.dispose();
    const next = run(events);
    await next.step();
    expect(next.done).toBe(1);
    next.dispose();
    // A process of this machine that has ended, and one elsewhere that has been silent for long.
    const ended = { host: hostname(), pid: 2 ** 22 + 1 };
    writeFileSync(`${artefact}.lock`, JSON.stringify(ended));
    const third = run(events);
    await third.step();
    expect(third.done).toBe(1);
    third.dispose();
    writeFileSync(`${artefact}.lock`, JSON.stringify({ host: 'elsewhere', pid: 1 }));
    const fourth = run(events);
    await fourth.step();
    expect(fourth.done).toBe(0);
    utimesSync(`${artefact}.lock`, 1, 1);
    await finish(fourth);
    expect(events).toEqual(['waits', 'fitted']);
  });

  it('continues where it was paused', async () => {
    const events: string[] = [];
    const paused = run(events);
    await paused.step();
    await paused.step();
    const state = paused.state();
    paused.dispose();
    const resumed = run(events);
    resumed.restore(state);
    expect(resumed.done).toBe(2);
    // Another run finished the same fit meanwhile: one that has begun goes on nevertheless.
    await finish(run([]));
    await finish(resumed);
    expect(events).toEqual(['fitted']);
  });
});
