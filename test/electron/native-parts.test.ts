import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openCore } from '#core/open-core.ts';
import { homeWithRun } from './support/home-with-run.ts';
import { closeEverything, launchOffrec, newHome, whyNoElectron } from './support/launch.ts';

afterEach(closeEverything);

const log = `${['user,item,rating', 'a,x,1', 'b,x,2', 'a,y,3', 'b,z,5'].join('\n')}\n`;

/** A log under a folder whose name wants quoting. */
function logFile(home: string): string {
  const folder = join(home, 'my logs, ünsorted');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'ratings.csv');
  writeFileSync(file, log);
  return file;
}

/** Lets files go over the page as the system does, with their paths. */
async function drop(page: Page, file: string, at = { x: 600, y: 400 }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await session.detach();
}

/** Answers the next dialogs for a file, and gives what each was asked with. */
async function answerDialogs(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, answer) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    dialog.showOpenDialog = ((_window: unknown, options: unknown) => {
      asked.push(options);
      return Promise.resolve({ canceled: answer === '', filePaths: answer === '' ? [] : [answer] });
    }) as typeof dialog.showOpenDialog;
    dialog.showSaveDialog = ((_window: unknown, options: unknown) => {
      asked.push(options);
      return Promise.resolve({ canceled: answer === '', filePath: answer });
    }) as typeof dialog.showSaveDialog;
  }, path);
}

const asked = (app: ElectronApplication): Promise<unknown[]> =>
  app.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked);

const address = (page: Page): Promise<string> => page.evaluate('location.hash');

interface Entry {
  readonly path: string;
  readonly accelerator: string | null;
}

/** Every entry of the menu that has a click of its own, as `Go/Runs`. */
const menuEntries = (app: ElectronApplication): Promise<Entry[]> =>
  app.evaluate(({ Menu }) => {
    const list = (menu: Electron.Menu | null | undefined, above: string): Entry[] =>
      (menu?.items ?? []).flatMap((item) => {
        const path = above === '' ? item.label : `${above}/${item.label}`;
        if (item.submenu) return list(item.submenu, path);
        const accelerator = item.accelerator === undefined ? null : String(item.accelerator);
        return item.type === 'separator' || item.role ? [] : [{ path, accelerator }];
      });
    return list(Menu.getApplicationMenu(), '');
  });

const choose = (app: ElectronApplication, path: string): Promise<void> =>
  app.evaluate(({ Menu, BrowserWindow }, wanted) => {
    let items = Menu.getApplicationMenu()?.items ?? [];
    let found: Electron.MenuItem | undefined;
    for (const label of wanted.split('/')) {
      found = items.find((item) => item.label === label);
      items = found?.submenu?.items ?? [];
    }
    if (found === undefined) throw new Error(`no entry ${wanted}`);
    const [window] = BrowserWindow.getAllWindows();
    found.click({}, window, window?.webContents);
  }, path);

describe.skipIf(whyNoElectron !== null)(`the desktop’s parts (${whyNoElectron ?? 'real'})`, () => {
  it('tells of a run’s end with its progress on the icon, and leads to it', async () => {
    const { home, run } = await homeWithRun(30);
    const { app, page } = await launchOffrec({ home });
    await app.evaluate(({ BrowserWindow, Notification }) => {
      const told = { bars: [] as number[], notices: [] as Electron.Notification[] };
      Object.assign(globalThis, { told });
      Notification.isSupported = () => true;
      Notification.prototype.show = function show(this: Electron.Notification) {
        told.notices.push(this);
      };
      const [window] = BrowserWindow.getAllWindows();
      if (window === undefined) throw new Error('no window');
      const original = window.setProgressBar.bind(window);
      window.setProgressBar = (value: number, options?: Electron.ProgressBarOptions) => {
        told.bars.push(value);
        original(value, options);
      };
    });
    const told = () =>
      app.evaluate(() => {
        const { bars, notices } = (
          globalThis as unknown as { told: { bars: number[]; notices: Electron.Notification[] } }
        ).told;
        return { bars, notices: notices.map(({ title, body }) => ({ title, body })) };
      });
    await expect.poll(async () => (await told()).notices, { timeout: 60_000 }).toHaveLength(1);
    const { bars, notices } = await told();
    expect(notices[0]?.title).toBe('Run finished');
    expect(notices[0]?.body).toMatch(/ on world, seed \d+$/);
    await expect.poll(async () => (await told()).bars.at(-1)).toBe(-1);
    const shares = bars.filter((value) => value > 0 && value <= 1);
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));

    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await app.evaluate(() => {
      const { notices: shown } = (
        globalThis as unknown as { told: { notices: Electron.Notification[] } }
      ).told;
      shown[0]?.emit('click');
    });
    const isVisible = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
    await expect.poll(isVisible).toBe(true);
    await expect.poll(() => address(page)).toBe(`#/runs/${run}`);
    await page.getByText('done', { exact: true }).first().waitFor();
  });

  it('tells of no end when that is not wanted', async () => {
    const { home } = await homeWithRun(1);
    const { app, page } = await launchOffrec({ home });
    await page.evaluate(
      'offrec.settings().then((now) => offrec.changeSettings({ ...now, notifyWhenRunEnds: false }))',
    );
    await app.evaluate(({ Notification }) => {
      Object.assign(globalThis, { shown: 0 });
      Notification.isSupported = () => true;
      Notification.prototype.show = () => {
        (globalThis as unknown as { shown: number }).shown += 1;
      };
    });
    await page.evaluate("location.hash = '#/runs'");
    await page.getByRole('grid').getByText('done').first().waitFor({ timeout: 60_000 });
    expect(await app.evaluate(() => (globalThis as unknown as { shown: number }).shown)).toBe(0);
  });

  it('imports a file that the native dialog chose', async () => {
    const home = newHome();
    const file = logFile(home);
    const { app, page } = await launchOffrec({ home });
    await page.evaluate("location.hash = '#/import'");
    await answerDialogs(app, '');
    await page.getByRole('button', { name: 'Choose…' }).click();
    await answerDialogs(app, file);
    expect(await page.getByRole('textbox', { name: 'Log file' }).inputValue()).toBe('');
    await page.getByRole('button', { name: 'Choose…' }).click();
    await page.getByRole('button', { name: 'Import the log' }).click();
    await page.getByText('ratings is imported.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Log file' }).inputValue()).toBe(file);
    expect(await asked(app)).toMatchObject([
      {
        title: 'Log file',
        properties: ['openFile'],
        filters: [{ name: 'Log file' }, { name: 'All files', extensions: ['*'] }],
      },
    ]);
    const core = await openCore({ home, readOnly: true });
    expect(core.datasets.show('ratings').interactions).toBe(4);
    await core.close();
  });

  it('saves an export through the native dialog, byte for byte', async () => {
    const { home } = await homeWithRun(1);
    const target = join(home, 'shown runs.csv');
    const { app, page } = await launchOffrec({ home });
    await page.evaluate("location.hash = '#/runs'");
    await page.getByRole('grid').getByText('done').first().waitFor({ timeout: 60_000 });
    await answerDialogs(app, target);
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await page.getByText(`Saved as ${target}`).waitFor();
    expect(await asked(app)).toMatchObject([
      { title: 'Save the shown runs', filters: [{ name: 'CSV', extensions: ['csv'] }] },
    ]);
    const rows = readFileSync(target, 'utf8').trimEnd().split('\n');
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatch(/^DORL,done,storm,world,0,/);

    const binary = join(home, 'all bytes.bin');
    await answerDialogs(app, binary);
    await page.evaluate(
      "offrec.saveFile({ title: 'Bytes', name: 'all.bin', bytes: Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7 + (at >> 8)) & 255) })",
    );
    const sent = Buffer.from(
      Array.from({ length: 100_000 }, (_, at) => (at * 7 + (at >> 8)) & 255),
    );
    expect(readFileSync(binary).equals(sent)).toBe(true);

    await answerDialogs(app, '');
    expect(
      await page.evaluate(
        "offrec.saveFile({ title: 'Bytes', name: 'none.bin', bytes: new Uint8Array(1) })",
      ),
    ).toBeNull();
  });

  it('imports a log that is dropped anywhere, from its real path', async () => {
    const home = newHome();
    const file = logFile(home);
    const { page, complaints } = await launchOffrec({ home });
    for (const place of ['#/datasets', '#/import', '#/']) {
      await page.evaluate(`location.hash = '${place}'`);
      await page.getByRole('heading').first().waitFor();
      await drop(page, file);
      const path = page.getByRole('textbox', { name: 'Log file' });
      await path.waitFor();
      await expect.poll(() => path.inputValue()).toBe(file);
    }
    await page.getByRole('button', { name: 'Import the log' }).click();
    await page.getByText('ratings is imported.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('takes a dropped folder as Coat’s and a dropped experiment as one', async () => {
    const home = newHome();
    const { page } = await launchOffrec({ home });
    await drop(page, home);
    const folder = page.getByRole('textbox', { name: 'Folder of Coat’s files' });
    await folder.waitFor();
    await expect.poll(() => folder.inputValue()).toBe(home);
    const file = join(home, 'mine.yaml');
    writeFileSync(file, 'name: dropped-here\ndatasets: [world]\nmethods: [dorl]\n');
    await drop(page, file);
    const name = page.getByRole('textbox', { name: 'Name of the experiment' });
    await expect.poll(() => name.inputValue()).toBe('dropped-here');
  });

  it('does what each entry of its menu says', async () => {
    const { app, page } = await launchOffrec();
    const headings: Readonly<Record<string, string>> = {
      'New experiment': 'New experiment',
      'Import a dataset': 'Import a dataset',
      'Make a synthetic world': 'Make a synthetic world',
    };
    await expect.poll(async () => (await menuEntries(app)).length).toBeGreaterThan(18);
    const entries = (await menuEntries(app)).map(({ path }) => path);
    const acted = new Set<string>();
    for (const path of entries.filter((each) => /^&(Go|File)\//.test(each))) {
      const label = (path.split('/').at(-1) ?? '').replace(/ {2}\[.*$/, '');
      if (label === 'Start the demo') continue;
      await page.evaluate("location.hash = '#/queue'");
      // Arrived, so that the one way does not cross the other.
      await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
      await choose(app, path);
      await page.getByRole('heading', { level: 1, name: headings[label] ?? label }).waitFor();
      acted.add(path);
    }
    for (const [label, theme] of [
      ['Dark', 'dark'],
      ['Light', 'light'],
    ] as const) {
      await choose(app, `&View/Theme/${label}`);
      await page.waitForFunction(`document.documentElement.dataset.theme === '${theme}'`);
      acted.add(`&View/Theme/${label}`);
    }
    await choose(app, '&View/Theme/System');
    acted.add('&View/Theme/System');
    await choose(app, '&View/Find a command');
    await page.getByRole('dialog', { name: /command/i }).waitFor();
    await page.keyboard.press('Escape');
    const shortcuts = entries.find((path) => path.startsWith('&View/Show shortcuts')) ?? '';
    await choose(app, shortcuts);
    await page.getByRole('dialog', { name: /shortcuts/i }).waitFor();
    await page.keyboard.press('Escape');
    for (const [label, said] of [
      ['Hold the queue', 'The queue is held'],
      ['Release the queue', 'The queue goes on.'],
      ['Pause all runs', '0 runs paused'],
      ['Resume all runs', '0 runs queued again'],
    ] as const) {
      await choose(app, `&Runs/${label}`);
      await page.getByText(said).first().waitFor();
      acted.add(`&Runs/${label}`);
    }
    acted.add('&View/Find a command').add(shortcuts);
    await choose(app, '&File/Start the demo');
    await page.getByText('demo', { exact: false }).first().waitFor();
    acted.add('&File/Start the demo');
    expect(entries.filter((path) => !acted.has(path))).toEqual([]);
  });

  it('reloads its page from the menu and is connected again', async () => {
    const { app, page } = await launchOffrec();
    await page.evaluate("location.hash = '#/health'; window.before = true");
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.reload(),
    );
    await page.waitForFunction('window.before === undefined');
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor();
    await page.getByText('process', { exact: false }).first().waitFor();
  });
});
