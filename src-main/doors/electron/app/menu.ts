import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '#contract/desktop.ts';

/**
 * Keys that the system can show beside an entry. The page itself listens to them, so they are shown and not taken. A
 * sequence such as `g r` is shown in the label.
 */
export function entryOf({ id, title, keys }: MenuCommand, choose: (id: string) => void) {
  const label = title.replace(/^(Go to|Theme:) /, '').replaceAll('&', '&&');
  const text = label.charAt(0).toUpperCase() + label.slice(1);
  const click = (): void => choose(id);
  if (keys === undefined) return { label: text, click };
  const accelerator = acceleratorOf(keys);
  if (accelerator === null) return { label: `${text}  [${keys.toUpperCase()}]`, click };
  return { label: text, click, accelerator, registerAccelerator: false };
}

/** `mod+k` as Electron writes it; null for what is no single press with a modifier. */
export function acceleratorOf(keys: string): string | null {
  const match = /^(mod\+)?(alt\+)?(shift\+)?([a-z0-9,.]|enter|f\d{1,2})$/.exec(keys);
  const [, mod, alt, shift, key] = match ?? [];
  if (key === undefined || (mod === undefined && !/^f\d/.test(key))) return null;
  const parts = [mod && 'CommandOrControl', alt && 'Alt', shift && 'Shift', key.toUpperCase()];
  return parts.filter(Boolean).join('+');
}

/** Commands that have a menu of their own; the pages are under Go, all else under View. */
const inFile = ['/experiments/new', 'import-dataset', 'make-world', 'start-demo'];
const inRuns = ['pause-all', 'resume-all', 'hold-queue', 'release-queue'];

const isPlace = ({ id }: MenuCommand): boolean => id.startsWith('/');
const isTheme = ({ id }: MenuCommand): boolean => id.startsWith('theme-');
const isOther = (command: MenuCommand): boolean =>
  !isPlace(command) && !isTheme(command) && ![...inFile, ...inRuns].includes(command.id);

/** The application's menu: the page's own commands, the system's usual ones around them. */
export function showMenu(commands: readonly MenuCommand[], choose: (id: string) => void): void {
  const entries = (test: (command: MenuCommand) => boolean): MenuItemConstructorOptions[] =>
    commands.filter(test).map((command) => entryOf(command, choose));
  const named = (ids: readonly string[]): MenuItemConstructorOptions[] =>
    ids.flatMap((id) => entries((command) => command.id === id));
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: '&File', submenu: [...named(inFile), separator, { role: isMac ? 'close' : 'quit' }] },
    { role: 'editMenu' },
    { label: '&Go', submenu: entries(isPlace) },
    { label: '&Runs', submenu: named(inRuns) },
    {
      label: '&View',
      submenu: [
        ...entries(isOther),
        separator,
        { label: 'Theme', submenu: entries(isTheme) },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        { role: 'reload' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
