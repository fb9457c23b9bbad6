import type { Page } from 'playwright-core';
import type { CoatSource } from './coat-source.ts';
import type { Door } from './door.ts';
import { goTo } from './pages.ts';

export class DatasetsPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Imports Coat as a user does who has its files; resolves with what the page says of it. */
  async importCoat(door: Door, source: CoatSource): Promise<string> {
    const page = this.#page;
    await goTo(page, 'Datasets');
    await page.getByRole('button', { name: 'Import a dataset' }).click();
    await page.getByText('Coat', { exact: true }).click();
    await door.choosePath(
      page.getByRole('group', { name: 'Folder of Coat’s files' }),
      source.folder,
    );
    await door.choosePath(page.getByRole('group', { name: 'Pseudo ratings' }), source.groundTruth);
    await page.getByRole('button', { name: 'Import Coat' }).click();
    const told = page.getByRole('status').filter({ hasText: 'coat is imported.' });
    await told.waitFor();
    return told.innerText();
  }

  /** Names of the datasets that are listed. */
  async names(): Promise<string[]> {
    await goTo(this.#page, 'Datasets');
    const list = this.#page.getByRole('region', { name: 'Datasets' });
    await list.waitFor();
    return list.getByRole('rowheader').allInnerTexts();
  }
}
