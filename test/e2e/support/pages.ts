import type { Locator, Page } from 'playwright-core';

export type Destination =
  | 'Home'
  | 'New experiment'
  | 'Queue'
  | 'Runs'
  | 'Compare'
  | 'Tables'
  | 'Datasets'
  | 'Checkpoints'
  | 'Health'
  | 'Settings';

/** Goes where the navigation leads, and waits until the view is there. */
export async function goTo(page: Page, destination: Destination): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: destination, exact: true })
    .click();
  await page.getByRole('heading', { name: destination, level: 1 }).waitFor();
}

/** Chooses an entry of a menu behind a button. */
export async function chooseFrom(button: Locator, entry: string | RegExp): Promise<void> {
  await button.click();
  const name = typeof entry === 'string' ? { name: entry, exact: true } : { name: entry };
  await button.page().getByRole('menuitem', name).click();
}

/** Texts of a table's cells, one list a row. */
export async function cellsOf(table: Locator): Promise<string[][]> {
  const rows = await table.getByRole('row').all();
  return Promise.all(
    rows.map(async (row) =>
      (await row.locator('th, td').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()),
    ),
  );
}
