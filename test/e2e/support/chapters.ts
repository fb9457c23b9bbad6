import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { it } from 'vitest';
import type { Door } from './door.ts';

let evidence: string | null = null;

/** Pictures and texts of pages, in a folder that is told. */
export async function keepEvidence(
  pages: readonly Page[],
  door: Door,
  title: string,
): Promise<void> {
  evidence ??= mkdtempSync(join(tmpdir(), 'offrec-e2e-'));
  const name = title.replace(/\W+/g, '-').slice(0, 60);
  for (const [index, page] of pages.entries()) {
    const file = join(evidence, `${name}-${index}`);
    await page.screenshot({ path: `${file}.png` }).catch(() => undefined);
    const text = await page.locator('body').ariaSnapshot().catch(String);
    appendFileSync(`${file}.txt`, `${page.url()}\n${text}\n`);
  }
  appendFileSync(join(evidence, `${name}-complaints.txt`), door.complaints.join('\n'));
  process.stderr.write(`Screenshots and page logs of this failure: ${evidence}\n`);
}

export type Chapter = (title: string, work: () => Promise<void>) => void;

/** Tests of one story: each goes on where the one before ended, and after a failure the rest is skipped. */
export function chaptersOf(door: () => Door): Chapter {
  let hasFailed = false;
  return (title, work) => {
    it(title, async (context) => {
      if (hasFailed) context.skip('an earlier chapter failed');
      try {
        await work();
      } catch (error) {
        hasFailed = true;
        await keepEvidence([door().page], door(), title);
        throw error;
      }
    });
  };
}
