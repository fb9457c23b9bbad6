import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '#contract/run.ts';
import { openCore } from '#core/open-core.ts';
import { hostPids } from '../runs/support/host-pids.ts';
import { eventually } from '../runs/support/homes.ts';
import { homeWithRun } from './support/home-with-run.ts';
import { closeEverything, launchOffrec, newHome, whyNoElectron } from './support/launch.ts';

afterEach(closeEverything);

function query<Row>(home: string, sql: string): Row[] {
  const database = new Database(join(home, 'offrec.sqlite'), { readonly: true });
  const rows = database.prepare<[], Row>(sql).all();
  database.close();
  return rows;
}

const corePid = (home: string): number =>
  query<{ pid: number }>(home, "SELECT pid FROM leases WHERE name = 'queue'")[0]?.pid ?? 0;

async function statusOf(home: string, run: string): Promise<RunStatus> {
  const core = await openCore({ home, readOnly: true });
  const { status } = core.runs.get(run);
  await core.close();
  return status;
}

async function until(home: string, run: string, status: RunStatus): Promise<void> {
  await expect.poll(() => statusOf(home, run), { timeout: 150_000, interval: 200 }).toBe(status);
}

describe.skipIf(whyNoElectron !== null)(`the application (${whyNoElectron ?? 'real'})`, () => {
  it('opens and shows the page from the core', async () => {
    const { page, complaints } = await launchOffrec();
    expect(page.url()).toContain('app://offrec/index.html');
    await page.getByRole('heading').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('trains a run in a utility process to its end', async () => {
    const { home, run } = await homeWithRun(20);
    await launchOffrec({ home });
    await eventually(() => hostPids(home).length === 1, 'a host');
    const [pid] = hostPids(home);
    expect(readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')).toContain('--type=utility');
    await until(home, run, 'done');
    const core = await openCore({ home, readOnly: true });
    const { segments } = core.runs.show(run);
    expect(segments).toHaveLength(1);
    expect(core.runs.metrics(run, 'eval/').every(({ count }) => count === 20)).toBe(true);
    await core.close();
  });

  it('trains a run in a Node child when told so', async () => {
    const { home, run } = await homeWithRun(4);
    await launchOffrec({ home, hosts: 'node' });
    await until(home, run, 'done');
  });

  it('starts a killed core again, and nothing is lost', async () => {
    const { home, run } = await homeWithRun(120);
    const { page, complaints } = await launchOffrec({ home });
    await page.evaluate("location.hash = '#/runs'");
    const row = page.getByRole('grid').getByText('running').first();
    await row.waitFor();
    const before = corePid(home);
    process.kill(before, 'SIGKILL');
    await expect
      .poll(() => corePid(home), { timeout: 30_000 })
      .toSatisfy((pid) => pid !== before && pid !== 0);
    // Its host has stopped with a checkpoint and a note; going on is for the reader to say.
    await until(home, run, 'interrupted');
    await page.getByRole('grid').getByText('interrupted').first().waitFor();
    const other = await openCore({ home });
    await other.runs.resume(run, { serve: false });
    await other.close();
    await until(home, run, 'done');
    // The page follows the new core by itself.
    await page.getByRole('grid').getByText('done').first().waitFor();
    const core = await openCore({ home, readOnly: true });
    expect(core.runs.metrics(run, 'eval/').every(({ count }) => count === 120)).toBe(true);
    expect(core.runs.show(run).segments.length).toBeGreaterThan(1);
    await core.close();
    expect(complaints).toEqual([]);
  });

  it('shows the window of the first start to a second one', async () => {
    const { app, home } = await launchOffrec();
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    const second = launchOffrec({ home });
    await expect(second).rejects.toThrow();
    const visible = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isVisible()));
    await expect.poll(visible).toEqual([true]);
  });

  it('opens where it was closed, and in sight when that display is gone', async () => {
    const bounds = { x: 40, y: 60, width: 900, height: 640 };
    const first = await launchOffrec();
    const { home } = first;
    await first.app.evaluate(
      ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to),
      bounds,
    );
    await first.close();
    const settings = join(home, 'window', 'settings.json');
    expect(JSON.parse(readFileSync(settings, 'utf8'))).toMatchObject({ place: bounds });
    const second = await launchOffrec({ home });
    const now = await second.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getBounds(),
    );
    expect(now).toMatchObject(bounds);
  });

  it('asks what becomes of runs, and does it', async () => {
    const { home, run } = await homeWithRun(20_000);
    const { app } = await launchOffrec({ home });
    await until(home, run, 'running');
    const close = (answer: number) =>
      app.evaluate(async ({ BrowserWindow, dialog }, response) => {
        const [window] = BrowserWindow.getAllWindows();
        const asked = new Promise<string>((resolve) => {
          dialog.showMessageBox = ((_window: unknown, options: { message: string }) => {
            resolve(options.message);
            return Promise.resolve({ response, checkboxChecked: false });
          }) as unknown as typeof dialog.showMessageBox;
        });
        window?.close();
        return await asked;
      }, answer);
    const isVisible = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
    expect(await close(2)).toBe('One run is under way.');
    expect(await isVisible()).toBe(true);
    await close(0);
    await expect.poll(isVisible).toBe(false);
    expect(await statusOf(home, run)).toBe('running');
    const gone = new Promise((resolve) => app.process().once('exit', resolve));
    await close(1);
    await gone;
    expect(await statusOf(home, run)).toBe('paused');
  });

  it('asks nothing when the system ends it, and pauses its runs', async () => {
    const { home, run } = await homeWithRun(20_000);
    const launched = await launchOffrec({ home });
    await until(home, run, 'running');
    await launched.close();
    expect(await statusOf(home, run)).toBe('paused');
  });

  it('opens anew when it is started again while it ends, and no window that vanishes', async () => {
    const { app, home } = await launchOffrec();
    const gone = new Promise((resolve) => app.process().once('exit', resolve));
    await app.evaluate(
      ({ app: application, BrowserWindow }, told) => {
        const { appendFileSync } = process.getBuiltinModule('node:fs');
        application.relaunch = () => appendFileSync(told, 'again\n');
        application.on('will-quit', () =>
          setImmediate(() => {
            application.emit('second-instance');
            application.emit('second-instance');
            appendFileSync(told, `${String(BrowserWindow.getAllWindows().length)} windows\n`);
          }),
        );
        setImmediate(() => application.quit());
      },
      join(home, 'told'),
    );
    await gone;
    expect(readFileSync(join(home, 'told'), 'utf8')).toMatch(/^again\n0 windows\n/);
    expect(readFileSync(join(home, 'told'), 'utf8').match(/again/g)).toHaveLength(1);
  });

  it('says what to do when the data folder cannot be opened', async () => {
    const home = newHome();
    writeFileSync(
      join(home, 'offrec.sqlite'),
      'no database, and longer than the head of one '.repeat(99),
    );
    const { app, page } = await launchOffrec({ home, withoutCore: true });
    const alert = page.getByRole('alert');
    await alert.getByText('core is not running').waitFor();
    await alert.getByRole('button', { name: 'Copy diagnostics' }).click();
    await alert.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toContain('Electron');
    expect(copied).toContain('corrupt-file');
  });
});
