import type { Locator, Page } from 'playwright-core';
import type { Door, SavedFile } from './door.ts';
import { cellsOf, chooseFrom, goTo } from './pages.ts';

export class TablesPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  open(): Promise<void> {
    return goTo(this.#page, 'Tables');
  }

  /** The table as it is shown. */
  table(): Locator {
    return this.#page.getByRole('main').getByRole('table').first();
  }

  cells(): Promise<string[][]> {
    return cellsOf(this.table());
  }

  /** Saves the table in a format by its name in the menu. */
  save(door: Door, format: string): Promise<SavedFile> {
    const button = this.#page.getByRole('button', { name: 'Save as', exact: true });
    return door.saved(() => chooseFrom(button, format));
  }
}
