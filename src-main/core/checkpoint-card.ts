import type { RunRecord } from '#contract/run.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';

/** The page that goes with an exported checkpoint: what it is, what made it, how to read it. */
export function checkpointCard(run: RunRecord, checkpoint: StoredCheckpoint): string {
  const { spec } = run;
  const device =
    run.device === null ? 'unknown' : `${run.device.device}, ${String(run.device.threads)} threads`;
  return [
    `# ${run.label} on ${spec.dataset}, seed ${String(spec.seed)}`,
    '',
    `Checkpoint \`${checkpoint.name}\` of run \`${run.id}\` (experiment ${run.experiment}).`,
    '',
    '| | |',
    '|---|---|',
    `| method | ${spec.method} |`,
    `| dataset | ${spec.dataset} (\`${spec.datasetChecksum}\`) |`,
    `| phase, step | ${String(checkpoint.phase)}, ${String(checkpoint.step)}${checkpoint.final ? ' (final)' : ''} |`,
    `| state hash | \`${checkpoint.hash}\` |`,
    `| specification | \`${run.specHash}\` |`,
    `| protocol | \`${run.protocolHash}\` |`,
    `| device | ${device} |`,
    `| written | ${checkpoint.createdAt} |`,
    '',
    '`weights.safetensors` holds parameters and optimiser slots; `safetensors` in Python opens it. `state.json` has',
    'step, random streams and specification, `config.json` the hyper-parameters, `manifest.json` the checksums.',
    `\`offrec checkpoint verify\` compares the files with them.`,
    '',
  ].join('\n');
}
