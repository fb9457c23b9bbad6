import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuWheel } from '#setup/wheel.mjs';
import { createSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.remove());

const leftovers = (): string[] => {
  const folder = join(sandbox.cache, 'native');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Answers `python3 -m pip --version`, then does what the lines say for everything else. */
const fakePip = (...lines: string[]): void => {
  sandbox.addProgram('python3', ['case "$*" in *--version*) exit 0;; esac', ...lines]);
};

describe('prepare ends with status 0, one line and nothing left', () => {
  const failing = async (line: RegExp): Promise<void> => {
    const { code, stderr } = await sandbox.start('prepare.mjs').ended;
    const last = stderr.trim().split('\n').at(-1);
    expect(last).toMatch(/^TensorFlow is not available, the portable backend is used\. /);
    expect(last).toMatch(line);
    expect(code).toBe(0);
    expect(leftovers()).toEqual([]);
  };

  it('without Python', () => failing(/not on the PATH.*apt-get install python3-pip/));

  it('without pip', () => {
    sandbox.addProgram('python3', ['echo "No module named pip" >&2', 'exit 1']);
    return failing(/python3 has no pip.*apt-get install python3-pip/);
  });

  it('without a network', () => {
    fakePip('echo "WARNING: Retrying (Retry(total=1)) after connection broken" >&2', 'exit 1');
    return failing(/the package index cannot be reached\. .*OFFREC_WHEELS/);
  });

  it('when the index does not have the wheel', () => {
    fakePip('echo "ERROR: No matching distribution found for x" >&2', 'exit 1');
    return failing(/No matching distribution found for x\. /);
  });

  it('when what was downloaded has another checksum', () => {
    fakePip(
      'while [ "$1" != --dest ]; do shift; done',
      `echo "something else" > "$2/${cpuWheel.file}"`,
    );
    return failing(new RegExp(`checksum of .* ${cpuWheel.sha256} was expected: it is not used`));
  });

  it('when a given wheel has another checksum', async () => {
    const wheels = join(sandbox.folder, 'wheels');
    mkdirSync(wheels);
    writeFileSync(join(wheels, cpuWheel.file), 'something else');
    const { code, stderr } = await sandbox.start('prepare.mjs', { env: { OFFREC_WHEELS: wheels } })
      .ended;
    expect(stderr).toContain('it is not used');
    expect(code).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(wheels)).toEqual([cpuWheel.file]);
  });

  it('where the cache cannot be made', async () => {
    const file = join(sandbox.folder, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await sandbox.start('prepare.mjs', {
      env: { OFFREC_CACHE: join(file, 'cache') },
    }).ended;
    expect(stderr).toMatch(/portable backend is used\. .*cannot be written\. Set OFFREC_CACHE/);
    expect(code).toBe(0);
  });

  it('when it is told not to', async () => {
    const { code, stderr } = await sandbox.start('prepare.mjs', {
      env: { OFFREC_SKIP_NATIVE: '1' },
    }).ended;
    expect(stderr).toContain('OFFREC_SKIP_NATIVE');
    expect(code).toBe(0);
  });
});

describe('an interrupted download', () => {
  const downloading = async () => {
    const pidFile = join(sandbox.folder, 'pip.pid');
    fakePip(
      'while [ "$1" != --dest ]; do shift; done',
      `printf 123456 > "$2/part.whl"`,
      `echo $$ > "${pidFile}"`,
      'exec /bin/sleep 60',
    );
    const started = sandbox.start('prepare.mjs');
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { started, pip: Number(readFileSync(pidFile, 'utf8')) };
  };
  const isRunning = (pid: number): boolean => spawnSync('kill', ['-0', `${pid}`]).status === 0;

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves neither files nor processes', async (signal, status) => {
    const { started, pip } = await downloading();
    expect(leftovers()).toHaveLength(1);
    started.child.kill(signal);
    const { code, stderr } = await started.ended;
    expect(code).toBe(status);
    expect(stderr).toContain('Interrupted: nothing was left behind');
    expect(leftovers()).toEqual([]);
    expect(isRunning(pip)).toBe(false);
  });

  it('by SIGKILL is cleaned up by the next one', async () => {
    const { started, pip } = await downloading();
    started.child.kill('SIGKILL');
    process.kill(pip, 'SIGKILL');
    await started.ended;
    expect(leftovers()).toHaveLength(1);
    fakePip('echo "ERROR: no" >&2', 'exit 1');
    expect((await sandbox.start('prepare.mjs').ended).code).toBe(0);
    expect(leftovers()).toEqual([]);
  });

  it('shows how far it is', async () => {
    const { started } = await downloading();
    await started.printed('Downloading TensorFlow (274 MB)');
    started.child.kill('SIGINT');
    await started.ended;
  });
});
