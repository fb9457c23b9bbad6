import { computed, onScopeDispose, watch, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import { desktop } from '../api/desktop.ts';
import type { Command } from '../lib/shortcuts.ts';

/**
 * Keeps the native menu like the commands that are there on every page, and does what is chosen in it; leads to the run
 * whose notification was clicked. Nothing in a browser.
 */
export function useDesktopMenu(commands: Readonly<Ref<readonly Command[]>>): void {
  if (desktop === null) return;
  const { showCommands, onCommand, onRunOpened } = desktop;
  const router = useRouter();
  const shown = computed(() =>
    commands.value
      .filter(({ group }) => group === 'Everywhere')
      .map(({ id, title, keys }) => ({ id, title, ...(keys === undefined ? {} : { keys }) })),
  );
  watch(
    () => JSON.stringify(shown.value),
    () => void showCommands(shown.value),
    { immediate: true },
  );
  onScopeDispose(onRunOpened((id) => void router.push({ name: 'run', params: { id } })));
  onScopeDispose(onCommand((id) => commands.value.find((command) => command.id === id)?.run()));
}
