import { shallowRef, watch, type ShallowRef } from 'vue';
import type { Typed } from '../../lib/configuration/text.ts';
import { isSame } from '../../lib/configuration/values.ts';

export interface TypedText {
  readonly text: ShallowRef<string>;
  /** Why what stands in the box is no value. */
  readonly problem: ShallowRef<string | null>;
  type: (text: string) => void;
}

/** A box for a value that is written as text: what is being typed stays as it is while it means the same. */
export function useTypedText(
  value: () => unknown,
  write: (value: unknown) => string,
  read: (text: string) => Typed,
  tell: (value: unknown) => void,
): TypedText {
  const text = shallowRef(write(value()));
  const problem = shallowRef<string | null>(null);
  watch(value, (next) => {
    const typed = read(text.value);
    if ('value' in typed && isSame(typed.value, next)) return;
    text.value = write(next);
    problem.value = null;
  });
  function type(typedText: string): void {
    text.value = typedText;
    const typed = read(typedText);
    problem.value = 'problem' in typed ? typed.problem : null;
    if ('value' in typed) tell(typed.value);
  }
  return { text, problem, type };
}
