import { app, type Session, type WebContents, type WebPreferences } from 'electron';
import { openExternally } from './open-external.ts';
import { pageOrigin } from './page-address.ts';

/** Said for every window, although most are Electron's defaults: a test compares them. */
export const pagePreferences: WebPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
};

/** What pages may ask the system for: nothing. Files, notifications and the clipboard go through main. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event, item) => {
    // What a page made itself may be saved; nothing is fetched from elsewhere.
    if (!item.getURL().startsWith(`blob:${pageOrigin}/`)) event.preventDefault();
  });
}

function isOwn(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && `${url.protocol}//${url.host}` === pageOrigin;
}

function lock(contents: WebContents): void {
  const refuseForeign = (event: { preventDefault(): void; url: string }): void => {
    if (isOwn(event.url)) return;
    event.preventDefault();
    openExternally(event.url);
  };
  contents.on('will-navigate', refuseForeign);
  contents.on('will-redirect', (event) => {
    if (!isOwn(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternally(url);
    return { action: 'deny' };
  });
}

/** Holds for whatever will ever show a page, however it was made. */
export function lockEverything(): void {
  app.on('web-contents-created', (_event, contents) => lock(contents));
}
