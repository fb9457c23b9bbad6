import { OffrecError } from '#contract/errors.ts';
import type { Protocol } from '#contract/protocol.ts';
import type { PlayedSession } from '#contract/session.ts';
import type { Dataset, FeatureColumn } from '#engine/data/dataset.ts';
import { readOriginalIds } from '#engine/data/original-ids.ts';
import { playSession, type SessionTrace } from '#engine/evaluation/play-session.ts';
import { openPolicy } from './open-policy.ts';

export interface PlayOptions {
  readonly checkpointFolder: string;
  readonly datasetFolder: string;
  readonly user: number | null;
  readonly seed: number;
  /** Null acts as the run's protocol says. */
  readonly acting: Protocol['acting'] | null;
  readonly top: number;
}

/** A played session without the names that only the core knows. */
export type PlayedTrace = Omit<PlayedSession, 'run' | 'checkpoint' | 'label'>;

const shownHistory = 200;

/**
 * Plays one user's session with a checkpoint's policy. The same options give the same session.
 * @throws OffrecError `invalid-input` for a user that is not there; as `openPolicy`
 */
export async function playCheckpoint(options: PlayOptions): Promise<PlayedTrace> {
  const policy = await openPolicy(options.checkpointFolder, options.datasetFolder);
  try {
    const { dataset, spec, inspector } = policy;
    refuseStranger(dataset, options.user);
    const protocol = { ...spec.protocol, acting: options.acting ?? spec.protocol.acting };
    const trace = playSession(dataset, protocol, inspector, options);
    const history = historyOf(dataset, trace.user);
    return {
      dataset: spec.dataset,
      seed: options.seed,
      acting: protocol.acting,
      maxLength: protocol.maxLength,
      users: dataset.users,
      history,
      ...(await describe(dataset, options.datasetFolder, trace, history)),
      stateQuantities: [...inspector.stateQuantities],
      itemQuantities: [...inspector.itemQuantities],
      steps: trace.steps,
      return: trace.return,
      exit: trace.exit,
    };
  } finally {
    policy.dispose();
  }
}

function refuseStranger(dataset: Dataset, user: number | null): void {
  if (user === null || user < dataset.users) return;
  throw new OffrecError('invalid-input', `There is no user ${user}.`, {
    where: `dataset ${dataset.manifest.name}`,
    hint: `Its users are 0 to ${dataset.users - 1}.`,
  });
}

function historyOf(dataset: Dataset, user: number): PlayedSession['history'] {
  const { users, items, rewards, times } = dataset.train;
  const places: number[] = [];
  for (let row = 0; row < users.length; row++) if (users[row] === user) places.push(row);
  if (times !== null) places.sort((a, b) => times[a]! - times[b]! || a - b);
  const rows = places.slice(-shownHistory).map((row) => ({
    item: items[row]!,
    reward: rewards[row]!,
    time: times?.[row] ?? null,
  }));
  return { total: places.length, rows };
}

async function describe(
  dataset: Dataset,
  folder: string,
  { user, steps }: SessionTrace,
  history: PlayedSession['history'],
): Promise<Pick<PlayedSession, 'user' | 'items'>> {
  const { manifest, userFeatures, itemFeatures } = dataset;
  const shown = steps.flatMap(({ chosen, top }) => [chosen, ...top]);
  const codes = [...new Set([...history.rows, ...shown].map(({ item }) => item))];
  const userIds = await readOriginalIds(folder, manifest, 'user', [user]);
  const itemIds = await readOriginalIds(folder, manifest, 'item', codes);
  const items = codes.map((item) => [
    String(item),
    { id: itemIds.get(item) ?? null, features: featuresOf(itemFeatures, item) },
  ]);
  return {
    user: { user, id: userIds.get(user) ?? null, features: featuresOf(userFeatures, user) },
    items: Object.fromEntries(items) as PlayedSession['items'],
  };
}

function featuresOf(features: readonly FeatureColumn[], entity: number) {
  return features.map(({ name, labels, values, offsets }) => ({
    name,
    values: [...values.subarray(offsets[entity]!, offsets[entity + 1]!)].map(
      (code) => labels?.[code] ?? String(code),
    ),
  }));
}
