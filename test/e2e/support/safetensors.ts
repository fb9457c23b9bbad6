import { readFileSync } from 'node:fs';

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Header of a safetensors file, after checking that its tensors fill the rest of the file without a gap. */
export function readSafetensorsHeader(file: string): Record<string, TensorEntry> {
  const bytes = readFileSync(file);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = bytes.subarray(8, 8 + headerBytes).toString('utf8');
  const tensors = JSON.parse(header) as Record<string, TensorEntry>;
  delete tensors['__metadata__'];
  const ranges = Object.values(tensors)
    .map(({ data_offsets: [from, to] }) => [from, to] as const)
    .sort(([left], [right]) => left - right);
  let end = 0;
  for (const [from, to] of ranges) {
    if (from !== end) throw new Error(`${file}: tensors leave a gap at byte ${end}`);
    end = to;
  }
  if (end !== bytes.length - 8 - headerBytes) throw new Error(`${file}: is not as long as it says`);
  return tensors;
}
