import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from './contract/desktop-channels.ts';
import type { CoreState, DesktopBridge } from './contract/desktop.ts';

// The only bridge of a window, in its sandbox: one function for each thing that a page may ask of the desktop, checked on
// the other side. Nothing of Electron passes through it, and what the page hears of is values, never events.

function listen<Value>(channel: string, listener: (value: Value) => void): () => void {
  const receive = (_event: unknown, value: Value): void => listener(value);
  ipcRenderer.on(channel, receive);
  return () => {
    ipcRenderer.off(channel, receive);
  };
}

const bridge: DesktopBridge = {
  chooseFile: (choice) => ipcRenderer.invoke(channels.chooseFile, choice),
  chooseFolder: (choice) => ipcRenderer.invoke(channels.chooseFolder, choice),
  saveFile: (file) => ipcRenderer.invoke(channels.saveFile, file),
  openFolder: (folder) => ipcRenderer.invoke(channels.openFolder, folder),
  pathOf: (file) => webUtils.getPathForFile(file as File),
  connect: (nonce) => ipcRenderer.invoke(channels.connect, nonce),
  coreState: () => ipcRenderer.invoke(channels.coreState),
  onCoreState: (listener) => listen<CoreState>(channels.coreStateChanged, listener),
  restartCore: () => ipcRenderer.invoke(channels.restartCore),
  copyDiagnostics: () => ipcRenderer.invoke(channels.copyDiagnostics),
  settings: () => ipcRenderer.invoke(channels.settings),
  changeSettings: (settings) => ipcRenderer.invoke(channels.changeSettings, settings),
  showCommands: (commands) => ipcRenderer.invoke(channels.showCommands, commands),
  onCommand: (listener) => listen<string>(channels.command, listener),
  onRunOpened: (listener) => listen<string>(channels.runOpened, listener),
};

contextBridge.exposeInMainWorld('offrec', bridge);

// A port cannot pass through the bridge: it goes to the page as a message of its own window.
ipcRenderer.on(channels.port, (event, nonce: string) => {
  window.postMessage(nonce, window.origin, event.ports);
});
