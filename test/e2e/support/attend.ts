import type { Page } from 'playwright-core';

/** What a browser says of a line that broke because the other end was killed: asked for by the story itself. */
const brokenLine = /WebSocket connection to|net::ERR_|Failed to load resource/;

/** Patience for one step on a page, on a machine that has other things to do. */
export const patienceMs = 90_000;

/** Gathers what a page complains of, and is patient with it. */
export function attend(page: Page, complaints: string[]): void {
  page.setDefaultTimeout(patienceMs);
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (line) => {
    if (line.type() === 'error' && !brokenLine.test(line.text())) complaints.push(line.text());
  });
}
