import { watch } from 'vue';
import { desktop } from '../api/desktop.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRuns } from '../stores/runs.ts';

const moving: readonly string[] = ['queued', 'running', 'pausing'];
const told: readonly string[] = ['done', 'failed', 'interrupted'];

/** Tells of runs that ended while the page is not looked at. In a window the desktop itself does. */
export function useRunNotifications(): void {
  if (desktop !== null || !('Notification' in globalThis)) return;
  const preferences = usePreferences();
  const runs = useRuns();
  let before = new Map<string, string>();
  watch(
    () => runs.rows,
    (rows) => {
      const isWanted = preferences.notify && document.hidden;
      for (const { id, status, label, spec } of rows) {
        const isNews = moving.includes(before.get(id) ?? '') && told.includes(status);
        if (!isNews || !isWanted) continue;
        const body = `${label}, ${spec.dataset}, seed ${spec.seed}`;
        new Notification(`Run ${status}`, { body, tag: id });
      }
      before = new Map(rows.map(({ id, status }) => [id, status]));
    },
  );
}
