import { createHash } from 'node:crypto';
import {
  protocolPresets,
  protocolSchema,
  type Protocol,
  type ProtocolInput,
  type ProtocolPreset,
} from '#contract/protocol.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { categoryColumn } from '#engine/environments/exit-rule.ts';

/** A protocol from a preset's name, the fields themselves, or both. */
export function resolveProtocol(
  given: ProtocolPreset | (Partial<ProtocolInput> & { preset?: ProtocolPreset | undefined }),
): Protocol {
  if (typeof given === 'string') return protocolSchema.parse(protocolPresets[given]);
  const { preset, ...fields } = given;
  const base = preset === undefined ? {} : protocolPresets[preset];
  return protocolSchema.parse({ ...base, ...fields });
}

/** SHA-256 of the protocol's fields: results under different hashes are never ranked together. */
export function protocolHash(protocol: Protocol): string {
  const sorted = Object.fromEntries(
    Object.entries(protocol).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** Why a protocol cannot be used on a dataset, or null when it can. */
export function protocolObstacle(protocol: Protocol, dataset: Dataset): string | null {
  if (dataset.groundTruth === null) return 'the dataset has no ground truth to evaluate in';
  if (
    protocol.exitRule === 'category' &&
    !protocol.ignoreExit &&
    categoryColumn(dataset) === null
  ) {
    return 'the exit rule looks at categories and the dataset has none';
  }
  if (protocol.repeats === 'removed' && protocol.maxLength > dataset.items) {
    return `episodes of ${protocol.maxLength} different items need a catalogue of that size`;
  }
  return null;
}
