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

  /** Shows one experiment instead of another. */
  async choose(wanted: string, before: string): Promise<void> {
    const settings = this.#page.getByRole('complementary', { name: 'What the table shows' });
    const results = settings.getByRole('group', { name: 'Results' });
    if (await results.getByText(wanted, { exact: true }).isVisible()) return;
    await results.getByText(before, { exact: true }).click();
    for (const name of [wanted, before]) {
      await results.getByRole('textbox', { name: 'Experiments' }).fill(name);
      await this.#page.keyboard.press('Enter');
    }
    await this.#page.keyboard.press('Escape');
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
