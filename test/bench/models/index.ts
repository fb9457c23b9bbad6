import { makeDeepFm } from './deepfm.ts';
import { makePolicy } from './policy.ts';
import { makeSequenceModel, sequenceBodies, type SequenceKind } from './sequence.ts';

/** A model with its optimiser and one fixed batch. */
export interface TrainingStep {
  /** One whole update. Returns the loss before it. */
  run(): number;
  dispose(): void;
}

const makers: Record<string, () => TrainingStep> = {
  'small-policy': () => makePolicy(100),
  'large-policy': () => makePolicy(10_000),
  deepfm: makeDeepFm,
};

export function makeTrainingStep(name: string): TrainingStep {
  if (name in sequenceBodies) return makeSequenceModel(name as SequenceKind);
  const make = makers[name];
  if (make === undefined) throw new Error(`there is no step ${name}`);
  return make();
}
