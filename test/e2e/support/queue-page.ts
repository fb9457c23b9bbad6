import type { Locator, Page } from 'playwright-core';
import { goTo } from './pages.ts';

export class QueuePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  open(): Promise<void> {
    return goTo(this.#page, 'Queue');
  }

  running(): Locator {
    return this.#page.getByRole('region', { name: 'Running' }).getByRole('listitem');
  }

  waiting(): Locator {
    return this.#page.getByRole('region', { name: 'Waiting' }).getByRole('listitem');
  }

  /** Opens the page of the run that was started last. */
  async openNewest(): Promise<void> {
    await this.running().last().getByRole('link').click();
    await this.#page.waitForURL(/#\/runs\/\w+/);
  }

  failures(): Locator {
    return this.#page.getByRole('region', { name: 'Failures' });
  }

  /** Queues every failed and interrupted run again, if there is one. */
  async retryAll(): Promise<void> {
    const button = this.failures().getByRole('button', { name: /^Retry all/ });
    if (await button.isVisible()) await button.click();
  }
}
