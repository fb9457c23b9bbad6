import { onScopeDispose, watch, type Ref } from 'vue';
import { desktop } from '../api/desktop.ts';
import type { Command } from '../lib/shortcuts.ts';

/** Keeps the native menu like the page's commands, and does what is chosen there. Nothing in a browser. */
export function useDesktopMenu(commands: Readonly<Ref<readonly Command[]>>): void {
  if (desktop === null) return;
  const { showCommands, onCommand } = desktop;
  watch(
    commands,
    (now) => {
      const shown = now.map(({ id, title, keys }) => ({
        id,
        title,
        ...(keys === undefined ? {} : { keys }),
      }));
      void showCommands(shown);
    },
    { immediate: true },
  );
  onScopeDispose(onCommand((id) => commands.value.find((command) => command.id === id)?.run()));
}
