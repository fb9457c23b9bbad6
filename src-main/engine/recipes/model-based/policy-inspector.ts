import type { A2c } from '#engine/agents/a2c.ts';
import type { RewardScale } from '#engine/backbones/average-tracker.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import type { LockstepEpisodes } from '#engine/environments/lockstep.ts';
import type {
  Consideration,
  PolicyInspector,
  Quantity,
} from '#engine/evaluation/policy-inspector.ts';
import type { SimulatedReward } from '#engine/rewards/simulated-reward.ts';
import type { RewardModel } from '#engine/worldmodels/reward-model.ts';

/** How the terms of the simulated reward are called; others show their own name. */
const termTitles: Readonly<Record<string, Omit<Quantity, 'name'>>> = {
  uncertainty: { title: 'Uncertainty penalty', symbol: '−λ_U P_U' },
  entropy: { title: 'Entropy bonus', symbol: 'λ_E E_t' },
};

/** The policy of a model-based method with what its world model and its simulated reward say of each item. */
export class ModelBasedInspector implements PolicyInspector {
  readonly stateQuantities: readonly Quantity[] = [
    { name: 'value', title: 'Value of the state', symbol: 'V(s)' },
    { name: 'stateNorm', title: 'Length of the state vector', symbol: '‖s‖' },
    { name: 'windowItems', title: 'Items in the state’s window', symbol: null },
  ];
  readonly itemQuantities: readonly Quantity[];
  readonly #agent: A2c;
  readonly #scale: RewardScale;
  readonly #window: number;
  readonly #values: readonly ((user: number, history: Int32Array) => number)[];

  constructor(parts: {
    agent: A2c;
    /** Of rewards in the state, as in evaluations. */
    scale: RewardScale;
    /** Most items that the state looks back on. */
    window: number;
    model: RewardModel | null;
    reward: SimulatedReward;
  }) {
    const { agent, scale, window, model, reward } = parts;
    this.#agent = agent;
    this.#scale = scale;
    this.#window = window;
    const described = [...(model === null ? [] : ofModel(model)), ...ofTerms(reward)];
    this.itemQuantities = described.map(({ quantity }) => quantity);
    this.#values = described.map(({ value }) => value);
  }

  consider(
    episodes: LockstepEpisodes,
    { excludeShown, random }: { excludeShown: boolean; random: RandomStream | null },
  ): Consideration {
    const scale = this.#scale;
    const { probabilities, values, states } = this.#agent.inspect(episodes, {
      scale,
      excludeShown,
    });
    const { actions } = this.#agent.act(episodes, { scale, excludeShown, random });
    const norm = Math.hypot(...states);
    const inWindow = Math.min(this.#window, episodes.lengths[0]!);
    return {
      item: actions[0]!,
      probabilitiesI: probabilities,
      state: [values[0]!, norm, inWindow],
    };
  }

  judge(episodes: LockstepEpisodes, item: number): number[] {
    const history = Int32Array.of(...episodes.itemsET.subarray(0, episodes.lengths[0]), item);
    return this.#values.map((value) => value(episodes.users[0]!, history));
  }
}

interface Described {
  readonly quantity: Quantity;
  /** Of the last item of the history. */
  readonly value: (user: number, history: Int32Array) => number;
}

function ofModel({ items, rewardsUI, uncertaintyUI }: RewardModel): Described[] {
  const entry = (matrixUI: Float32Array) => (user: number, history: Int32Array) =>
    matrixUI[user * items + history.at(-1)!]!;
  return [
    {
      quantity: { name: 'predicted', title: 'Predicted reward', symbol: 'R̂' },
      value: entry(rewardsUI),
    },
    {
      quantity: { name: 'uncertaintyOfModel', title: 'Uncertainty', symbol: 'P_U' },
      value: entry(uncertaintyUI),
    },
  ];
}

function ofTerms(reward: SimulatedReward): Described[] {
  const penalties = reward.terms
    .filter(({ name }) => name !== 'reward')
    .map((term) => ({
      quantity: {
        name: term.name,
        ...(termTitles[term.name] ?? { title: term.name, symbol: null }),
      },
      value: (user: number, history: Int32Array) => term.rewardOf(user, history, 0, history.length),
    }));
  return [
    ...penalties,
    {
      quantity: { name: 'simulated', title: 'Simulated reward', symbol: 'r' },
      value: (user, history) => reward.rewardOf(user, history, 0, history.length),
    },
  ];
}
