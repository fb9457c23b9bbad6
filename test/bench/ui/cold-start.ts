import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '#setup/locations.mjs';
import type { BenchEntry } from '../support/entry.ts';
import { launchOffrec, whyNoElectron } from '../../electron/support/launch.ts';
import { repeated, timeBar, type Measuring } from './support/bar.ts';
import { newPage } from './support/browser.ts';

const boundMs = 2000;
const launcher = join(projectFolder, 'src-main', 'setup', 'offrec.mjs');

/** Home's own content and not its frame: something that only the core can know. */
const useful = 'main h2';

async function startServer({ browser, home }: Measuring): Promise<number> {
  const beginMs = performance.now();
  const child = spawn(process.execPath, [
    launcher,
    'serve',
    '--port',
    '0',
    '--json',
    '--home',
    home,
  ]);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const address = /"url":\s*"([^"]+)"/.exec(text)?.[1];
        if (address !== undefined) resolve(address);
      });
      child.once('exit', (code) => reject(new Error(`offrec serve ended with ${String(code)}`)));
    });
    const page = await newPage(browser);
    await page.goto(url);
    await page.locator(useful).first().waitFor();
    const timeMs = performance.now() - beginMs;
    await page.context().close();
    return timeMs;
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}

async function startWindow({ home }: Measuring): Promise<number> {
  const beginMs = performance.now();
  const launched = await launchOffrec({ home });
  await launched.page.locator(useful).first().waitFor();
  const timeMs = performance.now() - beginMs;
  await launched.close();
  return timeMs;
}

/** From the start of the program to a page with content, for a data folder of 10,000 runs. */
export async function coldStart(measuring: Measuring): Promise<BenchEntry[]> {
  const served = await repeated(measuring.rounds, () => startServer(measuring));
  const entries = [timeBar('cold start: offrec serve and browser', served, boundMs)];
  if (whyNoElectron !== null) {
    measuring.progress(`cold start: no window, ${whyNoElectron}`);
    return entries;
  }
  const windows = await repeated(measuring.rounds, () => startWindow(measuring));
  return [...entries, timeBar('cold start: window', windows, boundMs)];
}
