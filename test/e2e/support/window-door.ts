import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchOffrec, type LaunchedOffrec } from '../../electron/support/launch.ts';
import { patienceMs } from './attend.ts';
import type { Door, SavedFile } from './door.ts';
import { childOf } from './processes.ts';

/** Electron with the core as a Node child and every run as a utility process. */
export class WindowDoor implements Door {
  readonly home = mkdtempSync(join(tmpdir(), 'offrec-story-'));
  readonly complaints: string[] = [];
  readonly #scratch = mkdtempSync(join(tmpdir(), 'offrec-saved-'));
  #launched: LaunchedOffrec | null = null;
  #saved = 0;

  get #open(): LaunchedOffrec {
    if (this.#launched === null) throw new Error('Offrec is not open.');
    return this.#launched;
  }

  get page(): Page {
    return this.#open.page;
  }

  async open(): Promise<Page> {
    this.#launched = await launchOffrec({ home: this.home });
    this.page.setDefaultTimeout(patienceMs);
    return this.page;
  }

  async close(): Promise<void> {
    this.complaints.push(...(this.#launched?.complaints ?? []));
    await this.#launched?.close();
    this.#launched = null;
  }

  #corePid(): number | null {
    return childOf(this.#open.app.process().pid ?? 0, 'offrec-core');
  }

  async killCore(): Promise<void> {
    const before = this.#corePid();
    if (before === null) throw new Error('There is no core to kill.');
    process.kill(before, 'SIGKILL');
    await expect
      .poll(() => this.#corePid() ?? before, { timeout: 30_000, interval: 50 })
      .not.toBe(before);
  }

  async choosePath(picker: Locator, path: string): Promise<void> {
    await this.#open.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, path);
    await picker.getByRole('button', { name: 'Choose…' }).click();
  }

  async saved(act: () => Promise<void>): Promise<SavedFile> {
    const folder = join(this.#scratch, String(this.#saved++));
    await this.#open.app.evaluate(({ dialog }, into) => {
      // The real dialog begins with the name that the page gave.
      dialog.showSaveDialog = (...given: unknown[]) => {
        const { defaultPath = '' } = given.at(-1) as { defaultPath?: string };
        const name = defaultPath.split(/[\\/]/).at(-1) ?? '';
        return Promise.resolve({ canceled: false, filePath: `${into}-${name}` });
      };
    }, folder);
    await act();
    const told = await this.page.getByText(`${folder}-`).last().innerText();
    const path = /(\/\S+?)\.?$/.exec(told)?.[1] ?? '';
    return { name: basename(path).replace(/^\d+-/, ''), bytes: readFileSync(path) };
  }

  async dispose(): Promise<void> {
    await this.close();
    for (const folder of [this.home, this.#scratch]) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}
