import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunDetail } from '#contract/routes/runs.ts';
import { lastLine, offrec, type Ended } from '../../terminal/offrec.ts';
import type { CoatSource } from './coat-source.ts';

interface RunAnswer {
  readonly runs: readonly { readonly id: string }[];
}

function succeeded(ended: Ended): Ended {
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended;
}

const known = new Map<string, Promise<Map<string, RunDetail>>>();

/**
 * What the runs of an experiment file come to when nothing disturbs them: made by the terminal on a data folder of its own.
 * Keys are `LABEL SEED`.
 */
export function undisturbed(source: CoatSource, fileText: string): Promise<Map<string, RunDetail>> {
  const runs = known.get(fileText) ?? run(source, fileText);
  known.set(fileText, runs);
  return runs;
}

async function run(source: CoatSource, fileText: string): Promise<Map<string, RunDetail>> {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-undisturbed-'));
  const at = ['--home', join(folder, 'home'), '--json'];
  try {
    const file = join(folder, 'experiment.yaml');
    writeFileSync(file, fileText);
    const { folder: coat, groundTruth } = source;
    succeeded(
      await offrec([...at, 'datasets', 'import', 'coat', coat, '--ground-truth', groundTruth]),
    );
    const { runs } = lastLine(succeeded(await offrec([...at, 'run', file]))) as RunAnswer;
    const found = new Map<string, RunDetail>();
    for (const { id } of runs) {
      const detail = lastLine(succeeded(await offrec([...at, 'runs', 'show', id]))) as RunDetail;
      found.set(`${detail.record.label} ${detail.record.spec.seed}`, detail);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
