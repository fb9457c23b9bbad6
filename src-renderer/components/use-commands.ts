import { computed, onScopeDispose, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue';
import type { Command } from '../lib/shortcuts.ts';

interface Registration {
  readonly group: string;
  readonly commands: MaybeRefOrGetter<readonly Command[]>;
}

const registrations = shallowReactive(new Set<Registration>());

/**
 * Makes commands part of the palette, of the shortcut sheet (under `group`) and of the keyboard for as long as the
 * calling component is there: `useCommands('Runs', () => [{ id, title, keys: 'x', run }])`. What cannot be done now
 * is left out by the getter.
 */
export function useCommands(group: string, commands: MaybeRefOrGetter<readonly Command[]>): void {
  const registration = { group, commands };
  registrations.add(registration);
  onScopeDispose(() => registrations.delete(registration));
}

/** Every command that can be asked for now, those of the newest view first. */
export const offeredCommands = computed((): Command[] =>
  [...registrations]
    .reverse()
    .flatMap(({ group, commands }) => toValue(commands).map((each) => ({ group, ...each }))),
);
