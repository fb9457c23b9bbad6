import { dialog, type BrowserWindow } from 'electron';

export type ClosingChoice = 'background' | 'pause' | 'stay';

const choices: readonly ClosingChoice[] = ['background', 'pause', 'stay'];

/** Asks what becomes of the runs when the window is closed. */
export async function askBeforeClosing(
  window: BrowserWindow,
  running: number,
): Promise<{ choice: ClosingChoice; remember: boolean }> {
  const runs = running === 1 ? 'One run is' : `${String(running)} runs are`;
  const { response, checkboxChecked } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Close Offrec',
    message: `${runs} under way.`,
    detail:
      'In the background they go on without a window; start Offrec again to see them. ' +
      'Paused, each writes a checkpoint and can be resumed later with nothing lost.',
    buttons: ['Keep running in the background', 'Pause and quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    checkboxLabel: 'Remember my choice',
    noLink: true,
  });
  return { choice: choices[response] ?? 'stay', remember: checkboxChecked };
}
