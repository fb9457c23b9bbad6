import type { EntropyPenalty } from './entropy.ts';
import type { RewardSource } from './reward-source.ts';

/** One summand of a simulated reward, with the range it can take; both include the term's weight. */
export interface RewardTerm extends RewardSource {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

/** weight · M[user, item] for a matrix such as R̂ (weight 1) or P_U (weight −λ_U). */
export class MatrixTerm implements RewardTerm {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly #valuesUI: Float32Array;
  readonly #items: number;
  readonly #weight: number;

  /** @param valuesUI [users, items] row-major */
  constructor(name: string, valuesUI: Float32Array, items: number, weight: number) {
    let lowest = Infinity;
    let highest = -Infinity;
    for (const value of valuesUI) {
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    this.name = name;
    this.minimum = weight * (weight < 0 ? highest : lowest);
    this.maximum = weight * (weight < 0 ? lowest : highest);
    this.#valuesUI = valuesUI;
    this.#items = items;
    this.#weight = weight;
  }

  rewardOf(user: number, items: Int32Array, start: number, length: number): number {
    const item = items[start + length - 1]!;
    return this.#weight * this.#valuesUI[user * this.#items + item]!;
  }
}

/** λ_E · E_t, the entropy bonus of DORL over the last items. */
export class EntropyTerm implements RewardTerm {
  readonly name = 'entropy';
  readonly minimum: number;
  readonly maximum: number;
  readonly #penalty: EntropyPenalty;
  readonly #weight: number;

  constructor(penalty: EntropyPenalty, weight: number) {
    this.minimum = weight * penalty.minimum;
    this.maximum = weight * penalty.maximum;
    this.#penalty = penalty;
    this.#weight = weight;
  }

  rewardOf(_user: number, items: Int32Array, start: number, length: number): number {
    return this.#weight * this.#penalty.valueOf(items, start, length);
  }
}

/** Episodes as far as they went; entries past an episode's length mean nothing. */
interface PlayedEpisodes {
  readonly users: Int32Array;
  readonly lengths: Int32Array;
  readonly itemsET: Int32Array;
  readonly maxLength: number;
}

/** Mean of each term over the steps of the episodes, by the term's name: how the reward was made up. */
export function meanTerms(
  terms: readonly RewardTerm[],
  { users, lengths, itemsET, maxLength }: PlayedEpisodes,
): Readonly<Record<string, number>> {
  const steps = lengths.reduce((sum, length) => sum + length, 0);
  const meanOf = (term: RewardTerm): number => {
    let sum = 0;
    for (let episode = 0; episode < lengths.length; episode++) {
      for (let length = 1; length <= lengths[episode]!; length++) {
        sum += term.rewardOf(users[episode]!, itemsET, episode * maxLength, length);
      }
    }
    return sum / steps;
  };
  return Object.fromEntries(terms.map((term) => [term.name, meanOf(term)]));
}

/**
 * r = max(0, Σ terms − MIN_R), with MIN_R the sum of the terms' minima (DORL, eq. of the modified reward).
 * The shift makes every step worth something, so that long episodes pay in simulation.
 */
export class SimulatedReward implements RewardSource {
  readonly terms: readonly RewardTerm[];
  /** MIN_R and MAX_R. */
  readonly floor: number;
  readonly ceiling: number;

  constructor(terms: readonly RewardTerm[]) {
    this.terms = terms;
    this.floor = terms.reduce((sum, term) => sum + term.minimum, 0);
    this.ceiling = terms.reduce((sum, term) => sum + term.maximum, 0);
  }

  /** Largest reward after the shift: MAX_R − MIN_R. */
  get range(): number {
    return this.ceiling - this.floor;
  }

  rewardOf(user: number, items: Int32Array, start: number, length: number): number {
    let sum = -this.floor;
    for (const term of this.terms) sum += term.rewardOf(user, items, start, length);
    return sum > 0 ? sum : 0;
  }
}
