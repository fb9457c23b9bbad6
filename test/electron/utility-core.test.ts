import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { contractVersion } from '#contract/version.ts';
import { projectFolder } from '#setup/locations.mjs';
import { electronProgram, whyNoElectron } from './support/launch.ts';

const door = join(
  projectFolder,
  process.env['OFFREC_TEST_OUT'] ?? 'out',
  'main/src-main/doors/electron',
);

// The database needs a newer Electron than tests have, so the core behind these lines is made up.
describe.skipIf(whyNoElectron !== null)(`a core's process (${whyNoElectron ?? 'real'})`, () => {
  it('is reached over a port that main hands over and forgets', async () => {
    const { stdout } = await promisify(execFile)(
      electronProgram ?? '',
      [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        join(import.meta.dirname, 'support/utility-core/main.mjs'),
        door,
      ],
      { env: { ...process.env, CONTRACT: String(contractVersion) }, timeout: 60_000 },
    );
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      greeting: { contract: contractVersion, offrec: '1.2.3', home: '/data', door: 'window' },
      changes: [1, 2, 3],
      messages: [{ type: 'ready' }],
      isClosed: true,
      exit: { code: null, signal: 'SIGKILL' },
    });
  });
});
