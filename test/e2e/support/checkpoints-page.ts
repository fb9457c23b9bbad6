import type { Page } from 'playwright-core';
import { goTo } from './pages.ts';

export class CheckpointsPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  open(): Promise<void> {
    return goTo(this.#page, 'Checkpoints');
  }

  /** Exports the newest checkpoint of a run into a new folder on the machine of the core. */
  async export(run: { label: string; seed: number }, parent: string, name: string): Promise<void> {
    const page = this.#page;
    const row = page
      .getByRole('region', { name: 'Checkpoints' })
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: run.label, exact: true }) })
      .filter({ hasText: `seed ${run.seed},` })
      .first();
    await row.getByRole('button', { name: 'Verify' }).click();
    await row.getByText('intact', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Export…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export a checkpoint' });
    await dialog.getByRole('textbox', { name: 'Into the folder' }).fill(parent);
    await dialog.getByRole('textbox', { name: 'Name of the new folder' }).fill(name);
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }
}
