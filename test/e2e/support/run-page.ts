import type { Locator, Page } from 'playwright-core';
import { cellsOf } from './pages.ts';

export class RunPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Id of the run that is shown. */
  id(): string {
    return new URL(this.#page.url()).hash.split(/[/?]/)[2] ?? '';
  }

  /** Shows one of the tabs. */
  async tab(name: string): Promise<void> {
    await this.#page.getByRole('tab', { name, exact: true }).click();
  }

  status(status: string): Locator {
    return this.#page.getByRole('main').getByText(status, { exact: true }).first();
  }

  #button(name: string): Locator {
    return this.#page.getByRole('main').getByRole('button', { name, exact: true });
  }

  async pause(): Promise<void> {
    await this.#button('Pause').click();
    await this.status('paused').waitFor();
  }

  async resume(): Promise<void> {
    await this.#button('Resume').click();
  }

  async writeCheckpoint(): Promise<void> {
    await this.#button('Checkpoint now').click();
    await this.#page.getByText(/^Checkpoint .* written\.$/).waitFor();
  }

  async note(text: string): Promise<void> {
    await this.#page.getByRole('main').getByRole('button', { name: 'Add a note' }).click();
    const field = this.#page.getByRole('textbox', { name: /^Note of/ });
    await field.fill(text);
    await field.press('Enter');
  }

  async tag(tag: string): Promise<void> {
    await this.#button('Tags').click();
    const field = this.#page.getByRole('textbox', { name: 'Add a tag' });
    await field.fill(tag);
    await field.press('Enter');
  }

  /** Share of the run that is done, in percent. */
  async percent(): Promise<number> {
    const value = await this.#page
      .getByRole('progressbar', { name: 'Progress' })
      .first()
      .getAttribute('aria-valuenow');
    return Number(value);
  }

  /** Why the run is not under way any more. */
  reason(): Locator {
    return this.#page.getByRole('main').getByRole('alert');
  }

  /** The chart of a metric, which is there when something is drawn. */
  async chart(metric: string): Promise<Locator> {
    await this.tab('Charts');
    // Only charts that can be seen are drawn.
    await this.#page.getByRole('textbox', { name: 'Find a metric' }).fill(metric);
    const chart = this.#page
      .getByRole('article')
      .filter({ has: this.#page.getByRole('heading', { name: metric, exact: true }) });
    await chart.locator('canvas').waitFor();
    return chart;
  }

  /** Puts a metric's chart above the others; it stays there. */
  async pin(metric: string): Promise<void> {
    const wanted = this.#page.getByRole('textbox', { name: 'Find a metric' });
    await wanted.fill(metric);
    const button = this.#page.getByRole('button', { name: `Pin ${metric}`, exact: true });
    if ((await button.first().getAttribute('aria-pressed')) === 'false')
      await button.first().click();
    await wanted.fill('');
  }

  async log(): Promise<string> {
    await this.tab('Log');
    return this.#page.getByRole('log').innerText();
  }

  /** Every metric's last value and number of points by its raw name, as the results show them. */
  async results(): Promise<Record<string, { last: string; points: string }>> {
    await this.tab('Results');
    const table = this.#page.getByRole('main').getByRole('table');
    const [head = [], ...rows] = await cellsOf(table);
    const headings = await table.getByRole('rowheader').all();
    const names = await Promise.all(headings.map((heading) => heading.getAttribute('title')));
    const [last, points] = [head.indexOf('Last'), head.indexOf('Points')];
    return Object.fromEntries(
      rows.map((row, at) => [names[at], { last: row[last] ?? '', points: row[points] ?? '' }]),
    );
  }
}
