import type { Locator, Page } from 'playwright-core';
import { chooseFrom, goTo } from './pages.ts';

/** Values by group of the form, then by title of the field. */
export type FieldValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

export class ExperimentPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  open(): Promise<void> {
    return goTo(this.#page, 'New experiment');
  }

  async name(name: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Name of the experiment' }).fill(name);
  }

  async chooseDataset(name: string): Promise<void> {
    const datasets = this.#page.getByRole('region', { name: 'Datasets' });
    await datasets.getByRole('checkbox', { name: new RegExp(`^${name}`) }).click();
  }

  #card(title: string): Locator {
    return this.#page.getByRole('article', { name: `Method ${title}` });
  }

  async openFile(path: string): Promise<void> {
    await this.#page
      .getByLabel('Experiment file')
      .and(this.#page.locator('input'))
      .setInputFiles(path);
  }

  /** Adds a method and changes fields of its form. */
  async addMethod(title: string, values: FieldValues): Promise<void> {
    const methods = this.#page.getByRole('region', { name: 'Methods' });
    await chooseFrom(
      methods.getByRole('button', { name: 'Add a method' }),
      new RegExp(`^${title} —`),
    );
    const card = this.#card(title);
    await card.getByRole('button', { name: title, exact: true }).click();
    for (const [group, fields] of Object.entries(values)) {
      const part = card.getByRole('group', { name: group, exact: true });
      for (const [field, value] of Object.entries(fields)) {
        await part.getByRole('textbox', { name: field, exact: true }).fill(value);
      }
    }
  }

  async seeds(text: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Seeds', exact: true }).fill(text);
  }

  /** The file beside the form, as it stands in the editor. */
  async fileText(): Promise<string> {
    const lines = this.#page.getByRole('textbox', { name: 'Experiment file' }).locator('.cm-line');
    return (await lines.allTextContents()).join('\n');
  }

  /** What is said of the number of runs and their time. */
  summary(): Locator {
    return this.#page.getByRole('status').filter({ hasText: /\d+ runs?/ });
  }

  async save(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Save file…' }).click();
  }

  /** Starts the experiment; the page of the queue follows. */
  async start(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Start', exact: true }).click();
    await this.#page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor();
  }
}
