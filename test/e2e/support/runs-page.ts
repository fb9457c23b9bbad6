import type { Locator, Page } from 'playwright-core';
import { goTo } from './pages.ts';

export class RunsPage {
  readonly #page: Page;
  readonly grid: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.grid = page.getByRole('grid', { name: 'Runs' });
  }

  open(): Promise<void> {
    return goTo(this.#page, 'Runs');
  }

  async filter(query: string): Promise<void> {
    await this.#page.getByRole('combobox', { name: 'Filter' }).fill(query);
  }

  /** What is said of how many runs are shown. */
  count(): Locator {
    return this.#page.getByRole('status').filter({ hasText: /\d+ of \d+ runs/ });
  }

  /** Line of one run; its seed stands in a cell of its own. */
  line(label: string, seed: number): Locator {
    return this.grid
      .getByRole('row')
      .filter({ has: this.#page.getByRole('link', { name: label, exact: true }) })
      .filter({ has: this.#page.getByRole('gridcell', { name: String(seed), exact: true }) });
  }

  withStatus(status: string): Locator {
    return this.grid
      .getByRole('row')
      .filter({ has: this.#page.getByRole('gridcell', { name: status, exact: true }) });
  }

  /** Opens a run's own page. */
  async openRun(label: string, seed: number): Promise<void> {
    await this.line(label, seed).getByRole('link', { name: label, exact: true }).click();
    await this.#page.waitForURL(/#\/runs\/\w+/);
  }

  /** Selects every run that is shown and goes to the comparison with them. */
  async compareAll(): Promise<void> {
    await this.grid.getByRole('checkbox', { name: 'Select all' }).click();
    const selected = this.#page.getByRole('group', { name: 'Selected runs' });
    await selected.getByRole('button', { name: 'Compare' }).click();
    await this.#page.getByRole('heading', { name: 'Compare', level: 1 }).waitFor();
  }
}
