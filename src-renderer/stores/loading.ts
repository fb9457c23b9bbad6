import { shallowRef, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';

export interface Loaded<Value> {
  /** Null until it was read once. */
  readonly value: ShallowRef<Value | null>;
  readonly error: ShallowRef<OffrecError | null>;
  readonly loading: ShallowRef<boolean>;
  /** Reads it again; of answers that overtake each other the newest request's counts. */
  load: () => Promise<void>;
}

/** A value of the core with the state of its last request. */
export function loaded<Value>(read: () => Promise<Value>): Loaded<Value> {
  const value = shallowRef<Value | null>(null);
  const error = shallowRef<OffrecError | null>(null);
  const loading = shallowRef(false);
  let newest = 0;
  const load = async (): Promise<void> => {
    newest += 1;
    const request = newest;
    loading.value = true;
    try {
      const answer = await read();
      if (request !== newest) return;
      value.value = answer;
      error.value = null;
    } catch (thrown) {
      if (request === newest) error.value = fromRouterError(thrown);
    } finally {
      if (request === newest) loading.value = false;
    }
  };
  return { value, error, loading, load };
}
