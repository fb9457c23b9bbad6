import { Notification, type BrowserWindow } from 'electron';
import type { Activity, FromCore } from '../messages.ts';

type RunEnded = Extract<FromCore, { type: 'run-ended' }>;

/** What is worth a word when nobody looks; pauses were asked for. */
const words: Readonly<Partial<Record<RunEnded['status'], string>>> = {
  done: 'Run finished',
  failed: 'Run failed',
  interrupted: 'Run was interrupted',
};

/** Title and text of the notice of a run's end, null where there is nothing to say. */
export function noticeOf({
  status,
  title,
  reason,
}: RunEnded): { title: string; body: string } | null {
  const word = words[status];
  return word === undefined
    ? null
    : { title: word, body: reason === null ? title : `${title}\n${reason}` };
}

/** Kept until they are gone: one that is forgotten is collected, and its click with it. */
const shown = new Set<Notification>();

/** Shows a system notification that leads back to the run. */
export function notify(ended: RunEnded, onClick: () => void): void {
  const notice = noticeOf(ended);
  if (notice === null || !Notification.isSupported()) return;
  const notification = new Notification(notice);
  shown.add(notification);
  const forget = (): void => void shown.delete(notification);
  notification.once('close', forget);
  notification.once('failed', forget);
  notification.once('click', () => {
    forget();
    onClick();
  });
  notification.show();
}

/** Progress of the runs on the icon of the dock or taskbar; none when nothing runs. */
export function showProgress(window: BrowserWindow, { running, fraction }: Activity): void {
  if (running === 0) window.setProgressBar(-1);
  else if (fraction === null) window.setProgressBar(2, { mode: 'indeterminate' });
  else window.setProgressBar(fraction);
}
