import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, olderNode, type Sandbox } from './sandbox.ts';

// Stands in for the application: says what it was given, then does what its first argument asks for.
const application = `
const [what, ...rest]: string[] = process.argv.slice(2);
console.log(JSON.stringify({ major: parseInt(process.versions.node), rest }));
if (what === 'status') process.exitCode = 7;
if (what === 'die') process.kill(process.pid, 'SIGKILL');
if (what === 'echo') process.stdin.pipe(process.stdout);
if (what === 'wait') {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => { console.log('got ' + name); process.exit(9); });
  }
  console.log('waiting');
  setTimeout(() => {}, 60_000);
}
`;

const older = olderNode();
const nodes = [
  { name: 'the application’s own Node', node: process.execPath },
  { name: 'an older Node', node: older },
];

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
  const folder = join(sandbox.folder, 'src-main', 'doors', 'terminal');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.ts'), application);
});
afterEach(() => sandbox.remove());

describe.each(nodes)('offrec started on $name', ({ node }) => {
  const launch = (...args: string[]) => sandbox.start('offrec.mjs', { node: node ?? '', args });

  beforeEach((context) => context.skip(node === null, 'no Node 20 to 23 on the PATH'));

  it('runs the application on Node 24 or newer, with its arguments', async () => {
    const { stdout } = await launch('status', '--json', 'a b').ended;
    const said = JSON.parse(stdout) as { major: number; rest: string[] };
    expect(said.major).toBeGreaterThanOrEqual(24);
    expect(said.rest).toEqual(['--json', 'a b']);
  });

  it('ends with the application’s status', async () => {
    expect(await launch('status').ended).toMatchObject({ code: 7, signal: null });
  });

  it('ends by the signal that ended the application', async () => {
    expect(await launch('die').ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('hands the streams through', async () => {
    const started = launch('echo');
    started.child.stdin?.end('through and back');
    expect((await started.ended).stdout).toContain('through and back');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hands %s on and waits', async (signal) => {
    const started = launch('wait');
    await started.printed('waiting');
    started.child.kill(signal);
    const { code, stdout } = await started.ended;
    expect(stdout).toContain(`got ${signal}`);
    expect(code).toBe(9);
  });
});

it.skipIf(older === null)(
  'says what is missing where no new enough Node is installed',
  async () => {
    rmSync(join(sandbox.folder, 'node_modules'));
    const { code, stderr } = await sandbox.start('offrec.mjs', { node: older ?? '' }).ended;
    expect(code).toBe(6);
    expect(stderr).toMatch(/needs Node 24, this is Node 2\d\..*npm ci/s);
  },
);

it('ends the application when the shell of npm is gone', async () => {
  const launcher = join(sandbox.folder, 'src-main', 'setup', 'offrec.mjs');
  const command = `"${process.execPath}" "${launcher}" wait`;
  const started = sandbox.startShell(command, { npm_command: 'exec' });
  await started.printed('waiting');
  started.child.kill('SIGKILL');
  expect((await started.ended).stdout).toContain('got SIGTERM');
});
