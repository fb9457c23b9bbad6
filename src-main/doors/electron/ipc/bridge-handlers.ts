import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { app, BrowserWindow, clipboard, dialog, type WebContents } from 'electron';
import { z } from 'zod';
import { channels } from '#contract/desktop-channels.ts';
import {
  desktopSettingsSchema,
  fileChoiceSchema,
  fileToSaveSchema,
  folderChoiceSchema,
  folderToOpenSchema,
  menuCommandSchema,
  nonceSchema,
  type FileFilter,
  type FileToSave,
} from '#contract/desktop.ts';
import { OffrecError } from '#contract/errors.ts';
import { showMenu } from '../app/menu.ts';
import { openFolder } from '../app/open-external.ts';
import type { SettingsFile } from '../app/settings-file.ts';
import type { CoreSupervisor } from '../launch/core-supervisor.ts';
import { openChannel } from '../launch/utility-children.ts';
import type { Registrar } from './registrar.ts';

const nothing = z.undefined();

function windowOf(contents: WebContents): BrowserWindow {
  const window = BrowserWindow.fromWebContents(contents);
  if (window === null) throw new OffrecError('host-gone', 'The window is gone.');
  return window;
}

async function choose(
  contents: WebContents,
  title: string,
  kind: 'openFile' | 'openDirectory',
  filters: FileFilter[] = [],
): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(windowOf(contents), {
    title,
    properties: [kind],
    // Logs come under any ending.
    filters: filters.length === 0 ? [] : [...filters, { name: 'All files', extensions: ['*'] }],
  });
  return filePaths[0] ?? null;
}

async function save(contents: WebContents, file: FileToSave): Promise<string | null> {
  const ending = file.name.split('.').at(-1) ?? '*';
  const { filePath } = await dialog.showSaveDialog(windowOf(contents), {
    title: file.title,
    defaultPath: join(app.getPath('downloads'), basename(file.name)),
    filters: [{ name: ending.toUpperCase(), extensions: [ending] }],
  });
  if (filePath === '') return null;
  await writeFile(filePath, file.bytes);
  return filePath;
}

/** One answer for each function of the bridge. */
export function answerBridge(
  registrar: Registrar,
  supervisor: CoreSupervisor,
  file: SettingsFile,
  home: string,
): void {
  registrar.handle(channels.chooseFile, fileChoiceSchema, ({ title, filters }, contents) =>
    choose(contents, title, 'openFile', filters),
  );
  registrar.handle(channels.chooseFolder, folderChoiceSchema, ({ title }, contents) =>
    choose(contents, title, 'openDirectory'),
  );
  registrar.handle(channels.saveFile, fileToSaveSchema, (input, contents) => save(contents, input));
  registrar.handle(channels.openFolder, folderToOpenSchema, (folder) => openFolder(home, folder));
  registrar.handle(channels.coreState, nothing, () => supervisor.state);
  registrar.handle(channels.restartCore, nothing, () => supervisor.restart());
  registrar.handle(channels.copyDiagnostics, nothing, async () => {
    if (supervisor.state.kind === 'failed') await clipboard.writeText(supervisor.state.diagnostics);
  });
  registrar.handle(channels.settings, nothing, () => file.settings);
  registrar.handle(channels.changeSettings, desktopSettingsSchema, (settings) =>
    file.changeSettings(settings),
  );
  registrar.handle(
    channels.showCommands,
    z.array(menuCommandSchema).max(200),
    (commands, contents) => showMenu(commands, (id) => contents.send(channels.command, id)),
  );
  registrar.handle(channels.connect, nonceSchema, (nonce, _contents, frame) => {
    const core = supervisor.process;
    if (core === null || supervisor.state.kind === 'stopping') {
      throw new OffrecError('host-gone', 'Offrec’s core is not running.');
    }
    const [pageEnd, coreEnd] = openChannel();
    core.open({ kind: 'window' }, coreEnd);
    // To the frame that asked, with its own nonce: no other page can take the line for its own.
    frame.postMessage(channels.port, nonce, [pageEnd]);
  });
}
