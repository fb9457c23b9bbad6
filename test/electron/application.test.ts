import { afterEach, describe, expect, it } from 'vitest';
import { closeEverything, launchOffrec, whyNoElectron } from './support/launch.ts';

afterEach(closeEverything);

describe.skipIf(whyNoElectron !== null)(`the window (${whyNoElectron ?? 'real'})`, () => {
  it('opens and shows the page from the core', async () => {
    const { page, complaints } = await launchOffrec();
    expect(page.url()).toContain('app://offrec/index.html');
    await page.getByRole('heading').first().waitFor();
    await page.screenshot({ path: '/tmp/w/el/first.png' });
    expect(complaints).toEqual([]);
  });
});
