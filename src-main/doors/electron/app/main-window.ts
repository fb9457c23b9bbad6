import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { projectFolder } from '#setup/locations.mjs';
import { pageAddress } from './page-address.ts';
import { pagePreferences } from './policy.ts';
import type { SettingsFile } from './settings-file.ts';
import { placeOn } from './window-place.ts';

const preload = fileURLToPath(new URL('../../../../../preload/index.cjs', import.meta.url));
const icon = join(projectFolder, 'resources', 'icons', 'offrec-256.png');
/** The page's own colours, so that nothing flashes before it is drawn. */
const background = { dark: '#16191d', light: '#ffffff' };

/** The window, where it was when it was last open. Shown when its page is drawn. */
export function openMainWindow(file: SettingsFile): BrowserWindow {
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const { size, position } = placeOn(file.place, areas);
  const window = new BrowserWindow({
    ...size,
    ...(position ?? {}),
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Offrec',
    icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: { ...pagePreferences, preload },
  });
  if (file.place?.maximised === true) window.maximize();
  const keepPlace = (): void => {
    file.changePlace({ ...window.getNormalBounds(), maximised: window.isMaximized() });
  };
  window.on('close', keepPlace);
  window.on('hide', keepPlace);
  window.once('ready-to-show', () => window.show());
  // Where the graphics driver fails, nothing is ever ready to be shown.
  window.webContents.once('did-finish-load', () => window.show());
  void window.loadURL(pageAddress);
  return window;
}

/** Brings a window before the reader, whatever state it is in. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
