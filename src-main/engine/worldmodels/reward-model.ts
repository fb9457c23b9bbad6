import { createHash } from 'node:crypto';
import { existsSync, linkSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSafetensors, writeSafetensors } from '#engine/compute/safetensors.ts';
import { OffrecError } from '#contract/errors.ts';

/** What a fitted world model leaves for the policy stage. Matrices are [users, items] row-major. */
export interface RewardModel {
  readonly users: number;
  readonly items: number;
  /** R̂, the predicted mean reward. */
  readonly rewardsUI: Float32Array;
  /** P_U, the uncertainty of each prediction. */
  readonly uncertaintyUI: Float32Array;
  /** [items, itemEmbeddingSize] row-major, of the ensemble's first member. */
  readonly itemEmbeddings: Float32Array;
  readonly itemEmbeddingSize: number;
  /** Mean training loss a row of each epoch: a run that takes the model from the cache shows it, too. */
  readonly lossPerEpoch: Float32Array;
}

/** Identifies an artefact by everything that made it. */
export function artefactHash(ingredients: Record<string, unknown>): string {
  const sorted = Object.fromEntries(
    Object.entries(ingredients).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

export function saveRewardModel(file: string, model: RewardModel): void {
  const { users, items, itemEmbeddingSize } = model;
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  writeSafetensors(partial, {
    rewards: { shape: [users, items], data: model.rewardsUI },
    uncertainty: { shape: [users, items], data: model.uncertaintyUI },
    itemEmbeddings: { shape: [items, itemEmbeddingSize], data: model.itemEmbeddings },
    lossPerEpoch: { shape: [1, model.lossPerEpoch.length], data: model.lossPerEpoch },
  });
  renameSync(partial, file);
}

/** @throws OffrecError `corrupt-file` when the file is damaged or of another kind */
export function loadRewardModel(file: string): RewardModel {
  const { tensors } = readSafetensors(file);
  const matrix = (name: string): { shape: readonly number[]; data: Float32Array } => {
    const tensor = tensors[name];
    if (!(tensor?.data instanceof Float32Array) || tensor.shape.length !== 2) {
      throw new OffrecError('corrupt-file', `the world model lacks its matrix ${name}`, {
        where: file,
        hint: 'delete the file; the world model is then fitted again',
      });
    }
    return { shape: tensor.shape, data: tensor.data };
  };
  const rewards = matrix('rewards');
  const embeddings = matrix('itemEmbeddings');
  return {
    users: rewards.shape[0]!,
    items: rewards.shape[1]!,
    rewardsUI: rewards.data,
    uncertaintyUI: matrix('uncertainty').data,
    itemEmbeddings: embeddings.data,
    itemEmbeddingSize: embeddings.shape[1]!,
    lossPerEpoch: matrix('lossPerEpoch').data,
  };
}

/** Puts a cached artefact into the run's own folder, so that clearing the cache cannot break a resume. */
export function keepArtefact(cached: string, kept: string): void {
  if (existsSync(kept)) return;
  mkdirSync(dirname(kept), { recursive: true });
  try {
    linkSync(cached, kept);
  } catch {
    // Another file system or one without hard links: copy under a temporary name, then rename.
    const partial = join(dirname(kept), `.${process.pid}.partial`);
    copyFileSync(cached, partial);
    renameSync(partial, kept);
  }
}
