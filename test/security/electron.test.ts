import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTrustedAddress } from '#doors/electron/app/trusted-address.ts';
import { isOurs } from '#doors/electron/ipc/sender.ts';
import { packageFolder, projectFolder } from '#setup/locations.mjs';
import {
  closeEverything,
  launchOffrec,
  preloadFile,
  whyNoElectron,
  type LaunchedOffrec,
} from '../electron/support/launch.ts';

// Each point of the checklist for Electron applications, by its number, with an attempt at the opposite.

const doorFolder = join(projectFolder, 'src-main', 'doors', 'electron');

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

let opened: LaunchedOffrec;

/** Runs something in the page and says how it ended. */
function attempt(script: string): Promise<string> {
  return opened.page.evaluate(
    `(async () => { try { return String(await (async () => { ${script} })()); } catch (error) { return 'refused: ' + error; } })()`,
  );
}

/** Preferences that the page's contents really have. */
function preferences(): Promise<Record<string, unknown>> {
  return opened.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
}

/** Tells which addresses were handed to the system. */
async function watchExternal(): Promise<() => Promise<string[]>> {
  await opened.app.evaluate(({ shell }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    shell.openExternal = (address: string) => Promise.resolve(void asked.push(address));
  });
  return () =>
    opened.app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked.splice(0));
}

const url = (): string => opened.page.url();

describe.skipIf(whyNoElectron !== null)(`Electron’s checklist (${whyNoElectron ?? 'real'})`, () => {
  beforeAll(async () => {
    opened = await launchOffrec();
  });
  afterAll(closeEverything);

  it('1: loads nothing from elsewhere', async () => {
    expect(await attempt("return (await fetch('https://example.org/')).status")).toMatch(/refused/);
    expect(await attempt("return (await fetch('http://127.0.0.1:9/')).status")).toMatch(/refused/);
    const loads = await attempt(
      "return await new Promise((end) => { const image = new Image(); image.onload = () => end('loaded'); image.onerror = () => end('refused'); image.src = 'https://example.org/x.png'; })",
    );
    expect(loads).toBe('refused');
  });

  it('2: has no Node in pages, workers and frames', async () => {
    expect(await attempt('return typeof require + typeof process + typeof Buffer')).toBe(
      'undefinedundefinedundefined',
    );
    expect(await attempt("return (await import('node:fs')).readFileSync")).toMatch(/refused/);
    const { nodeIntegration, nodeIntegrationInSubFrames, nodeIntegrationInWorker } =
      await preferences();
    expect([nodeIntegration, nodeIntegrationInSubFrames]).toEqual([false, false]);
    expect(nodeIntegrationInWorker).not.toBe(true);
  });

  it('3: keeps the bridge’s world apart', async () => {
    // What the page changes of the language must not reach the other side of the bridge.
    const answer = await attempt(
      "const kept = Array.prototype.map; Array.prototype.map = () => { throw new Error('reached'); }; try { return (await offrec.coreState()).kind; } finally { Array.prototype.map = kept; }",
    );
    expect(answer).toBe('running');
    expect(await attempt('offrec.connect = () => 1; return offrec.connect === 1')).not.toBe('true');
    expect(await preferences()).toMatchObject({ contextIsolation: true });
  });

  it('4: asks for the sandbox, for every window and before Electron is ready', async () => {
    expect(await preferences()).toMatchObject({ sandbox: true });
    // A sandboxed preload has no file system: one that asks for it does not run.
    const preload = join(opened.home, 'preload.cjs');
    writeFileSync(
      preload,
      "require('node:fs'); require('electron').contextBridge.exposeInMainWorld('got', true);",
    );
    const got = await opened.app.evaluate(async ({ BrowserWindow }, file) => {
      const window = new BrowserWindow({
        show: false,
        webPreferences: { preload: file, sandbox: true },
      });
      await window.loadURL('app://offrec/index.html');
      const answer: unknown = await window.webContents.executeJavaScript('typeof got');
      window.destroy();
      return answer;
    }, preload);
    expect(got).toBe('undefined');
    const main = readFileSync(join(doorFolder, 'main.ts'), 'utf8');
    expect(main.indexOf('app.enableSandbox()')).toBeGreaterThan(0);
    expect(main.indexOf('app.enableSandbox()')).toBeLessThan(main.indexOf('whenReady'));
    expect(sourceOf(doorFolder)).not.toMatch(/sandbox:\s*false/);
  });

  it('5: gives no permission, asked or checked', async () => {
    for (const name of ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read']) {
      expect(
        await attempt(`return (await navigator.permissions.query({ name: '${name}' })).state`),
      ).toBe('denied');
    }
    expect(await attempt('return await Notification.requestPermission()')).toBe('denied');
    expect(
      await attempt('return await navigator.mediaDevices.getUserMedia({ audio: true })'),
    ).toMatch(/refused: Not(Allowed|Found)Error/);
    expect(await attempt('return await navigator.clipboard.readText()')).toMatch(/refused/);
  });

  it('6: keeps the web’s own security on', async () => {
    expect(await preferences()).toMatchObject({ webSecurity: true });
    expect(sourceOf(doorFolder)).not.toMatch(/webSecurity:\s*false|disable-web-security/);
  });

  it('7: runs no script that is not its own file', async () => {
    // Later than the attempt itself, which the test's own tool lets past the policy.
    const evaluated = await attempt(
      "return await new Promise((end) => setTimeout(() => { try { end((0, eval)('1 + 1')); } catch (error) { end(error); } }))",
    );
    expect(evaluated).toMatch(/EvalError/);
    const inline = await attempt(
      "const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script); return window.ran",
    );
    expect(inline).toBe('undefined');
    const policy = await attempt(
      "return (await fetch('app://offrec/index.html')).headers.get('content-security-policy')",
    );
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
  });

  it('8, 9, 10: has no insecure content, experimental feature or flag of the engine', async () => {
    const { allowRunningInsecureContent, experimentalFeatures, enableBlinkFeatures } =
      await preferences();
    expect(allowRunningInsecureContent).toBe(false);
    expect(experimentalFeatures).toBe(false);
    expect(enableBlinkFeatures ?? '').toBe('');
    expect(sourceOf(doorFolder)).not.toMatch(/enableBlinkFeatures|appendSwitch|enable-features/);
  });

  it('11, 12: has no webview, however one is asked for', async () => {
    expect(await preferences()).toMatchObject({ webviewTag: false });
    const attached = await opened.app.evaluate(async ({ BrowserWindow, webContents }) => {
      const window = new BrowserWindow({ show: false, webPreferences: { webviewTag: true } });
      await window.loadURL('app://offrec/index.html');
      const before = webContents.getAllWebContents().length;
      await window.webContents.executeJavaScript(
        "document.body.append(Object.assign(document.createElement('webview'), { src: 'data:text/plain,x' })); new Promise((end) => setTimeout(end, 300))",
      );
      const more = webContents.getAllWebContents().length - before;
      window.destroy();
      return more;
    });
    expect(attached).toBe(0);
  });

  it('13: goes nowhere else', async () => {
    const before = url();
    const external = await watchExternal();
    for (const target of [
      'https://example.org/',
      'file:///etc/passwd',
      'app://other/',
      'data:text/html,x',
    ]) {
      await attempt(`location.href = '${target}'`);
      await attempt(
        `const link = Object.assign(document.createElement('a'), { href: '${target}' }); document.body.append(link); link.click(); link.remove()`,
      );
      await attempt(
        `const frame = Object.assign(document.createElement('iframe'), { src: '${target}' }); document.body.append(frame); await new Promise((end) => setTimeout(end, 50)); frame.remove()`,
      );
    }
    expect(url()).toBe(before);
    expect(await external()).toEqual([]);
  });

  it('14: opens no window', async () => {
    const external = await watchExternal();
    for (const target of [
      'https://example.org/',
      'about:blank',
      'app://offrec/index.html',
      'file:///etc/passwd',
    ]) {
      expect(await attempt(`return window.open('${target}')`)).toBe('null');
    }
    const windows = await opened.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
    );
    expect(windows).toBe(1);
    expect(await external()).toEqual([]);
  });

  it('15: hands the system only https addresses of known hosts', async () => {
    const external = await watchExternal();
    await attempt("window.open('https://doi.org/10.1145/3539618.3591636')");
    expect(await external()).toEqual(['https://doi.org/10.1145/3539618.3591636']);
    for (const address of [
      'http://doi.org/x',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https://doi.org.example.org/x',
      'https://user:word@doi.org/x',
      'https://doi.org:8443/x',
      'smb://doi.org/x',
      'https:\\\\example.org',
      ' ',
    ]) {
      expect(isTrustedAddress(address), address).toBe(false);
      await attempt(`window.open(${JSON.stringify(address)})`);
    }
    expect(await external()).toEqual([]);
  });

  it('16: ships an Electron of the newest lines', () => {
    const text = readFileSync(join(packageFolder('electron') ?? '', 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(45);
  });

  it('17: hears nobody but its own page’s main frame', async () => {
    const windows = new Set([7]);
    const ours = { contentsId: 7, isMainFrame: true, origin: 'app://offrec' };
    expect(isOurs(ours, windows)).toBe(true);
    expect(isOurs({ ...ours, contentsId: 8 }, windows)).toBe(false);
    expect(isOurs({ ...ours, isMainFrame: false }, windows)).toBe(false);
    expect(isOurs({ ...ours, origin: 'https://example.org' }, windows)).toBe(false);
    expect(isOurs({ ...ours, origin: null }, windows)).toBe(false);
    // A window with the same bridge and page that the application did not open.
    const answer = await opened.app.evaluate(async ({ BrowserWindow }, preload) => {
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload } });
      await stranger.loadURL('app://offrec/index.html');
      const said: unknown = await stranger.webContents.executeJavaScript(
        'offrec.settings().then(() => "answered", (error) => String(error))',
      );
      stranger.destroy();
      return String(said);
    }, preloadFile);
    expect(answer).toContain('This page may not ask that.');
  });

  it('17: refuses what does not fit, and gives a line only for a nonce', async () => {
    for (const call of [
      "offrec.saveFile({ title: 'x', name: '../../x', bytes: new Uint8Array() })",
      "offrec.saveFile({ title: 'x', name: 'x', bytes: 'text' })",
      'offrec.chooseFile({ title: 7 })',
      "offrec.chooseFile({ title: 'x', properties: ['createDirectory'] })",
      "offrec.changeSettings({ notifyWhenRunEnds: true, closeWhileRunning: 'never' })",
      "offrec.connect('1')",
      "offrec.openFolder('/etc')",
      "offrec.openFolder('..')",
      'offrec.openFolder(7)',
      'offrec.showCommands(Array(1000).fill({ id: "x", title: "x" }))',
    ]) {
      expect(await attempt(`return await ${call}`), call).toMatch(/refused/);
    }
  });

  it('17: ends the line of a page that sends what ours would not', async () => {
    const lineWith = (message: string): Promise<string> =>
      attempt(`
        const nonce = crypto.randomUUID();
        const coming = new Promise((end) => addEventListener('message', function take({ data, ports }) {
          if (data !== nonce) return;
          removeEventListener('message', take);
          end(ports[0]);
        }));
        await offrec.connect(nonce);
        const port = await coming;
        const closed = new Promise((end) => port.addEventListener('close', () => end('closed')));
        port.start();
        port.postMessage(${message});
        return await closed;`);
    expect(await lineWith("'nonsense'")).toBe('closed');
    expect(await lineWith('{ i: 1 }')).toBe('closed');
    expect(await lineWith("'x'.repeat(5_000_000)")).toBe('closed');
    expect(await attempt('return (await offrec.coreState()).kind')).toBe('running');
  });

  it('18: serves its files by its own protocol, and nothing outside them', async () => {
    expect(await attempt("return (await fetch('app://offrec/index.html')).status")).toBe('200');
    for (const path of [
      '/../main/src-main/doors/electron/main.js',
      '/%2e%2e/main/src-main/doors/electron/main.js',
      '/..%2f..%2fpackage.json',
      '/assets/../../preload/index.cjs',
      '/%00.js',
      '/etc/passwd.js',
      '//etc/passwd.txt',
    ]) {
      const answer = await opened.app.evaluate(
        async ({ net }, address) => (await net.fetch(address)).status,
        `app://offrec${path}`,
      );
      expect(answer, path).toBe(404);
    }
    const status = (address: string, method = 'GET') =>
      opened.app.evaluate(
        async ({ net }, [to, how]) =>
          net.fetch(to ?? '', { method: how ?? '' }).then(
            (answer) => answer.status,
            () => 'refused',
          ),
        [address, method],
      );
    expect([404, 'refused']).toContain(await status('app://other/index.html'));
    expect(await status('app://offrec/index.html', 'POST')).toBe(405);
    expect(await attempt("return (await fetch('file:///etc/passwd')).status")).toMatch(/refused/);
  });

  it('20: gives pages functions and values, and nothing of Electron', async () => {
    const names = await attempt('return Object.keys(offrec).sort().join()');
    expect(names).toBe(
      'changeSettings,chooseFile,chooseFolder,connect,copyDiagnostics,coreState,onCommand,onCoreState,onRunOpened,openFolder,pathOf,restartCore,saveFile,settings,showCommands',
    );
    expect(
      await attempt('return Object.values(offrec).every((each) => typeof each === "function")'),
    ).toBe('true');
    await opened.page.evaluate(
      'void (window.heard = new Promise((end) => { const stop = offrec.onCommand((...all) => { stop(); end(JSON.stringify(all)); }); }))',
    );
    await opened.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.send('offrec:command', 'palette'),
    );
    expect(await attempt('return await window.heard')).toBe('["palette"]');
  });
});
