import { z } from 'zod';
import { field } from '#engine/methods/fields.ts';

const worldModel = 'World model';
const reward = 'Simulated reward';
const policy = 'Policy';
const state = 'State tracker';
const environment = 'Simulation';

const positiveInteger = (max: number) => z.number().int().min(1).max(max);
const nonNegative = z.number().min(0).max(1e6);

const worldModelFields = {
  ensembleSize: field(positiveInteger(100), 5, {
    title: 'Ensemble size',
    help: 'DeepFMs fitted side by side; R̂ is the mean of their means, P_U the largest of their variances.',
    group: worldModel,
  }),
  worldModelEpochs: field(positiveInteger(10_000), 5, {
    title: 'Epochs',
    help: 'Passes over the pairs of positives and negatives.',
    group: worldModel,
  }),
  worldModelBatchSize: field(positiveInteger(65_536), 1024, {
    title: 'Batch size',
    help: 'Rows of the log in a batch; each brings a negative along.',
    unit: 'rows',
    group: worldModel,
  }),
  embeddingSize: field(positiveInteger(512), 8, {
    title: 'Embedding size',
    help: 'Dimensions of every field’s embedding.',
    group: worldModel,
  }),
  worldModelHidden: field(z.array(positiveInteger(8192)).min(1).max(8), [128, 128], {
    title: 'Hidden layers',
    help: 'Widths of the deep part.',
    group: worldModel,
  }),
  rewardOutput: field(z.enum(['identity', 'sigmoid']), 'identity', {
    title: 'Output',
    help: 'identity for ratings and ratios, sigmoid for clicks.',
    group: worldModel,
  }),
  worldModelLearningRate: field(z.number().positive().max(1), 1e-3, {
    title: 'Learning rate',
    help: 'Of Adam.',
    group: worldModel,
  }),
  initialDeviation: field(z.number().positive().max(10), 1e-3, {
    title: 'Initial deviation',
    help: 'Standard deviation of all initial weights.',
    group: worldModel,
  }),
  embeddingDecay: field(nonNegative, 1e-5, {
    title: 'Embedding penalty',
    help: 'Weight of the sum of squares of embeddings and first-order weights, once a batch.',
    group: worldModel,
  }),
  worldModelDecay: field(nonNegative, 0.1, {
    title: 'Weight penalty',
    help: 'Weight of the sum of squares of all parameters, once a batch; the loss is a sum over rows.',
    group: worldModel,
  }),
  negatives: field(z.enum(['zero', 'none']), 'zero', {
    title: 'Negatives',
    help: 'zero: sampled pairs get target 0, as published. none: fit observed rows only.',
    group: worldModel,
  }),
  negativeRounds: field(positiveInteger(100), 5, {
    title: 'Negative rounds',
    symbol: 'K',
    help: 'Times that every row of the log is paired with a sampled negative.',
    group: worldModel,
  }),
  centredTargets: field(z.boolean(), false, {
    title: 'Centred targets',
    help: 'Subtract the mean training reward from the targets and add it to the predictions.',
    group: worldModel,
  }),
  propensityPower: field(z.number().min(0).max(2), 0, {
    title: 'Propensity power',
    help: 'Weigh rows by propensity to the minus this power; 0 weighs them alike.',
    group: worldModel,
  }),
  propensityCap: field(z.number().positive().max(1e6), 20, {
    title: 'Propensity cap',
    help: 'Largest weight before scaling to mean 1.',
    group: worldModel,
  }),
  worldModelSeed: field(z.number().int().min(0).max(0xffffffff).nullable(), 2022, {
    title: 'World-model seed',
    help: 'All runs with one seed share one world model, as published. null takes the seed of the run.',
    group: worldModel,
  }),
  seedPerMember: field(z.boolean(), false, {
    title: 'Own weights per member',
    help: 'Published ensembles begin from equal weights and differ by data order only.',
    group: worldModel,
  }),
};

const rewardFields = {
  rewardSource: field(z.enum(['world-model', 'ground-truth']), 'world-model', {
    title: 'Reward source',
    help: 'ground-truth trains on the true reward: an upper bound, not a method.',
    group: reward,
  }),
  lambdaU: field(nonNegative, 0, {
    title: 'Uncertainty penalty',
    symbol: 'λ_U',
    help: 'Weight of P_U, subtracted from the predicted reward.',
    group: reward,
  }),
  lambdaE: field(nonNegative, 0, {
    title: 'Entropy bonus of the log',
    symbol: 'λ_E',
    help: 'Weight of P_E, the entropy of what follows the last items in the log.',
    group: reward,
  }),
  entropyOrders: field(z.array(positiveInteger(5)).max(5), [], {
    title: 'Entropy orders',
    symbol: 'k',
    help: 'Lengths of the contexts; empty switches P_E off, as published for Coat and Yahoo.',
    group: reward,
  }),
  entropyLevel: field(z.enum(['item', 'feature']), 'item', {
    title: 'Entropy level',
    help: 'Contexts of items, or of the items’ features.',
    group: reward,
  }),
  entropyFeatures: field(z.array(z.string().max(120)).max(50), [], {
    title: 'Entropy features',
    help: 'Item features of the contexts at feature level; empty takes the category feature.',
    group: reward,
  }),
  entropyOrder: field(z.enum(['time', 'index', 'shuffled']), 'time', {
    title: 'Order of the log',
    help: 'How a user’s items are ordered. Logs without time need index or shuffled.',
    group: reward,
  }),
  entropyShuffles: field(positiveInteger(1000), 10, {
    title: 'Shuffles',
    help: 'Random orders of each user’s items that are counted together.',
    group: reward,
  }),
};

const policyFields = {
  epochs: field(positiveInteger(100_000), 200, {
    title: 'Epochs',
    help: 'Each ends with an evaluation.',
    group: policy,
  }),
  stepsPerEpoch: field(positiveInteger(100_000_000), 100_000, {
    title: 'Steps per epoch',
    help: 'Simulated steps; the collect that reaches the number is finished.',
    unit: 'steps',
    group: policy,
  }),
  policyHidden: field(z.array(positiveInteger(8192)).min(1).max(8), [64, 64], {
    title: 'Hidden layers',
    help: 'Widths of the trunk shared by actor and critic.',
    group: policy,
  }),
  learningRate: field(z.number().positive().max(1), 1e-3, {
    title: 'Learning rate',
    help: 'Of Adam for actor and critic.',
    group: policy,
  }),
  learningRateSchedule: field(z.enum(['constant', 'linear', 'cosine']), 'constant', {
    title: 'Learning-rate schedule',
    help: 'How both learning rates fall to zero over the epochs; constant as published.',
    group: policy,
  }),
  gamma: field(z.number().min(0).max(1), 0.9, {
    title: 'Discount',
    symbol: 'γ',
    help: 'Of later rewards.',
    group: policy,
  }),
  gaeLambda: field(z.number().min(0).max(1), 1, {
    title: 'Advantage λ',
    symbol: 'λ',
    help: '1 gives Monte-Carlo returns.',
    group: policy,
  }),
  valueCoefficient: field(nonNegative, 0.5, {
    title: 'Value coefficient',
    help: 'Weight of the critic’s squared error.',
    group: policy,
  }),
  entropyCoefficient: field(nonNegative, 0, {
    title: 'Policy entropy bonus',
    help: 'Weight of the policy’s own entropy; 0 as published.',
    group: policy,
  }),
  maxGradientNorm: field(z.number().positive().nullable(), null, {
    title: 'Gradient clipping',
    help: 'Largest global norm; null for none.',
    group: policy,
  }),
  minibatchSize: field(positiveInteger(1_000_000), 1024, {
    title: 'Minibatch',
    help: 'Transitions of an update; a short tail is merged into the last one.',
    unit: 'transitions',
    group: policy,
  }),
  maskInTraining: field(z.boolean(), false, {
    title: 'Mask in training',
    help: 'Remove already recommended items while learning, too. Published methods mask in evaluation only.',
    group: policy,
  }),
};

const stateFields = {
  window: field(positiveInteger(100), 3, {
    title: 'Window',
    symbol: 'w',
    help: 'Last entries that the average tracker sees.',
    group: state,
  }),
  trackerLearningRate: field(z.number().positive().max(1), 1e-3, {
    title: 'Learning rate',
    help: 'Of Adam for the item embeddings of the state.',
    group: state,
  }),
  itemEmbeddings: field(z.enum(['world-model', 'random']), 'world-model', {
    title: 'Item embeddings',
    help: 'Begin from the first member of the world model, or from noise of deviation 0.01.',
    group: state,
  }),
  userInState: field(z.enum(['none', 'id']), 'none', {
    title: 'User in the state',
    help: 'none as published: a user shows only through rewards. id adds an embedding of the user.',
    group: state,
  }),
  userEmbeddingSize: field(positiveInteger(512), 8, {
    title: 'User embedding size',
    help: 'Dimensions of the user’s embedding in the state, when there is one.',
    group: state,
  }),
  testRewardScale: field(z.enum(['ground-truth', 'simulation']), 'ground-truth', {
    title: 'Reward scale in evaluation',
    help: 'Range that scales rewards inside the state: that of the ground truth as published, or the simulation’s.',
    group: state,
  }),
};

const environmentFields = {
  environments: field(positiveInteger(10_000), 100, {
    title: 'Environments',
    help: 'Simulated users in lockstep; one collect is one episode of each.',
    group: environment,
  }),
};

const sections = {
  ...rewardFields,
  ...policyFields,
  ...stateFields,
  ...environmentFields,
  ...worldModelFields,
};

export const modelBasedSchema = z.strictObject(sections);

/** Configuration of MBPO, MOPO and DORL: one recipe, told apart by λ_U, λ_E and the entropy's orders. */
export type ModelBasedConfig = z.output<typeof modelBasedSchema>;
