import type { Locator, Page } from 'playwright-core';
import { cellsOf } from './pages.ts';

export class ComparePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Shows one of the tabs. */
  async tab(name: string): Promise<void> {
    await this.#page.getByRole('tab', { name, exact: true }).click();
  }

  groups(): Locator {
    return this.#page.getByRole('list', { name: 'Groups that are compared' }).getByRole('listitem');
  }

  /** A metric's curves, drawn. */
  async curves(metric: string): Promise<Locator> {
    await this.tab('Curves');
    const panel = this.#page.getByRole('article', { name: metric, exact: true });
    await panel.locator('canvas').waitFor();
    return panel;
  }

  /** Fields that differ between the groups, each with its values. */
  async differences(): Promise<Record<string, string[]>> {
    await this.tab('Configuration');
    const region = this.#page.getByRole('region', { name: 'Configuration by group' });
    await region.waitFor();
    const [, ...rows] = await cellsOf(region.getByRole('table'));
    return Object.fromEntries(
      rows.filter((row) => row.length > 1).map(([name, ...cells]) => [name, cells]),
    );
  }

  /** Heads and rows of a metric's table of results with its tests, without the line that names the baseline. */
  async results(metric: string): Promise<string[][]> {
    await this.tab('Results');
    const region = this.#page.getByRole('region', { name: metric, exact: true });
    await region.waitFor();
    const [, ...rows] = await cellsOf(region.getByRole('table'));
    return rows;
  }
}
