import { z } from 'zod';
import { protocolSchema } from '#contract/protocol.ts';
import type { FieldSchema } from '../configuration/fields.ts';
import type { Settings } from '../configuration/values.ts';

const episodes = 'Episodes';
const exit = 'When users leave';
const evaluation = 'Evaluation';

/** What the form says of a protocol's fields. */
const descriptions: Readonly<Record<keyof typeof protocolSchema.shape, object>> = {
  repeats: {
    title: 'Repeated items',
    help: 'removed: an item is recommended once an episode (NX). allowed: again and again (FB).',
    group: episodes,
  },
  maxLength: {
    title: 'Longest episode',
    unit: 'steps',
    help: 'Most actions of one.',
    group: episodes,
  },
  users: {
    title: 'Users',
    help: 'random: drawn uniformly, as published. stratified: every user equally often.',
    group: episodes,
  },
  acting: {
    title: 'Acting',
    help: 'sampled: drawn from the policy, as published. greedy: its most likely item.',
    group: episodes,
  },
  ignoreExit: {
    title: 'Nobody leaves early',
    help: 'Every episode has its full length; the exit rule is not looked at.',
    group: exit,
  },
  exitRule: {
    title: 'Exit rule',
    help: 'category: too many shared categories end an episode. distance: too close items do.',
    group: exit,
  },
  exitWindowLength: {
    title: 'Exit window',
    symbol: 'N',
    unit: 'steps',
    help: 'How many past actions the exit rule looks at.',
    group: exit,
  },
  exitThreshold: {
    title: 'Exit threshold',
    symbol: 'M',
    help: 'More shared categories than this, or a distance below it, end the episode.',
    group: exit,
  },
  exitWindow: {
    title: 'Window at the start',
    help: 'paper: as the published code cuts it. clean: the actions that there are.',
    group: exit,
  },
  episodes: { title: 'Episodes', help: 'Of one evaluation.', group: evaluation },
  everyEpochs: {
    title: 'Epochs between evaluations',
    unit: 'epochs',
    help: 'Policy epochs from one evaluation to the next.',
    group: evaluation,
  },
  finalEpisodes: {
    title: 'Final episodes',
    help: 'Of the evaluation after the last epoch; 0 leaves it out.',
    group: evaluation,
  },
};

const schema = z.toJSONSchema(protocolSchema, { io: 'input' });

/** The protocol as a schema for the form. */
export const protocolJsonSchema: Settings = {
  ...schema,
  properties: Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      { ...(schema.properties?.[name] as FieldSchema), ...description },
    ]),
  ),
};
