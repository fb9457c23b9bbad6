import { join } from 'node:path';
import { app, session } from 'electron';
import { registerPageScheme } from './app/page-protocol.ts';
import { lockEverything } from './app/policy.ts';
import { Application } from './application.ts';
import { readArguments } from './arguments.ts';

// Electron's main process: windows, policy and launching. It loads no native module, SQLite and TensorFlow least of all.

let ended = false;
const given = readArguments(process.argv.slice(1), process.env);
// Chromium gives no sandbox to root, who has to say so; the windows ask for theirs all the same.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
app.setPath('userData', join(given.home, 'window'));
registerPageScheme();
lockEverything();

// One application a data folder: the second start shows the window of the first.
if (app.requestSingleInstanceLock()) {
  const application = new Application(given, join(given.home, 'window', 'settings.json'));
  app.on('second-instance', () => application.showWindow());
  app.on('activate', () => application.showWindow());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    // Later: while Electron is still being told that it may not quit yet, it would not hear that it may.
    void application.end().finally(() =>
      setImmediate(() => {
        ended = true;
        app.quit();
      }),
    );
  });
  // Not awaited here: Electron is ready only after this module has been evaluated.
  void app.whenReady().then(() => {
    // Not earlier: Chromium sets its own answers first, which close the windows as their user would, who is asked.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => application.quit());
    }
    application.open(session.defaultSession);
  });
} else {
  app.quit();
}
