import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from 'commander';
import { errorExitCodes } from '#contract/errors.ts';
import { buildProgram } from '../../src-main/doors/terminal/program.ts';
import { lastLine, offrec, temporaryFolder } from './offrec.ts';

function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  const visible = command.createHelp().visibleCommands(command);
  const inner = visible.flatMap((sub) => leaves(sub, [...path, sub.name()]));
  return inner.length > 0 ? inner : [[path.join(' '), command]];
}
const commands = leaves(buildProgram('1.0.0'));

describe('help', () => {
  it('is shown without a word and names every command', async () => {
    const { status, stdout, stderr } = await offrec([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of ['run', 'sweep', 'runs', 'table', 'datasets', 'methods', 'reference']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    for (const name of ['checkpoint', 'doctor', 'setup', 'demo', 'bench', 'completion', 'schema']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(stdout).not.toContain('completion-server');
  });

  it.each(commands.filter(([name]) => name !== 'help'))(
    'of %s has a description, the options for all commands, and an example of itself',
    (name, command) => {
      let text = '';
      command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
      expect(command.description()).not.toBe('');
      expect(text).toContain('--home <folder>');
      expect(text).toContain('--json');
      expect(text).toContain(`$ offrec ${name}`);
      for (const { description } of command.options) expect(description).not.toBe('');
    },
  );

  it('explains a command by name, with its examples, and every exit code', async () => {
    const [run, codes] = await Promise.all([
      offrec(['help', 'datasets', 'import', 'log']),
      offrec(['help', 'exit-codes']),
    ]);
    expect(run.stdout).toContain('--map <field=column,...>');
    expect(run.stdout).toContain('$ offrec datasets import log');
    for (const [code, status] of Object.entries(errorExitCodes)) {
      expect(codes.stdout).toMatch(new RegExp(`^ *${status}  .*\\b${code}\\b`, 'm'));
    }
  });

  it('prints the version', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect((await offrec(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('a command line that is not understood', () => {
  it.each([
    [['rnu', 'x.yaml'], 'run'],
    [['datasets', 'impor'], 'import'],
    [['runs', 'pase'], 'pause'],
    [['table', 'x', '--fromat', 'csv'], '--format'],
    [['table', 'x', '--format', 'xml'], 'markdown'],
    [['reference', 'x', '--episodes', 'many'], 'whole number'],
    [['runs', 'list', '--status', 'pasued'], 'paused'],
    [['reference', 'x', '--protocol', 'nx9'], 'nx0'],
    [['reference', 'x', '--protocol', '{episode: 3}'], 'episodes'],
    [['datasets'], 'missing'],
    [['run'], 'file'],
    [['completion', 'tcsh'], 'bash'],
    [['datasets', 'import', 'log', 'x.csv', '--name', 'x', '--map', 'user'], '--map'],
    [['datasets', 'import', 'synthetic', '--set', 'users'], 'no value'],
  ])('%j ends with status 2 and a way on', async (words, hint) => {
    const { status, stdout, stderr } = await offrec(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).toContain(hint);
  });

  it('is told in JSON as well where that was asked for', async () => {
    const ended = await offrec(['rnu', '--json']);
    expect(ended.status).toBe(2);
    expect(lastLine(ended)).toEqual({
      error: {
        code: 'usage',
        message: "Unknown command 'rnu'.",
        hint: expect.stringContaining('run'),
      },
    });
  });
});

describe('a bad experiment file', () => {
  it('ends with status 4, its place, and no data folder', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'x.yaml');
    const home = join(folder.path, 'home');
    writeFileSync(path, 'name: a\ndatasets: [coat]\nmethods: [dorll]\n');
    const ended = await offrec(['--home', home, 'run', path, '--json']);
    expect(ended.status).toBe(4);
    expect(lastLine(ended)).toEqual({
      error: {
        code: 'invalid-input',
        message: "There is no method 'dorll'.",
        where: `${path}:3:11, methods[0]`,
        hint: expect.stringContaining("Did you mean 'dorl'?"),
      },
    });
    expect(existsSync(home)).toBe(false);
  });

  it('knows the hyper-parameters of each method', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'x.yaml');
    writeFileSync(
      path,
      'name: a\ndatasets: [coat]\nmethods: [{ use: dorl, set: { lamdaU: 1 } }]\n',
    );
    const ended = await offrec([
      '--home',
      folder.path,
      'sweep',
      path,
      '--json',
      '--set',
      'epoch=1',
    ]);
    const { error } = lastLine(ended) as { error: { message: string } };
    expect(error.message).toContain("There is no field 'lamdaU' in dorl.");
    expect(error.message).toContain("Did you mean 'lambdaU'?");
    expect(error.message).toContain('--set epoch=1, methods[0].set.epoch');
    expect(ended.status).toBe(4);
  });

  it('that is not there ends with status 3', async () => {
    const ended = await offrec(['run', '/nowhere/x.yaml']);
    expect(ended.status).toBe(3);
    expect(ended.stderr).toContain('/nowhere/x.yaml');
  });
});

describe('methods and schema', () => {
  it('list and show what a form needs', async () => {
    const list = lastLine(await offrec(['methods', 'list', '--json'])) as { name: string }[];
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(['dorl', 'mbpo', 'mopo']));
    const shown = lastLine(await offrec(['methods', 'show', 'dorl', '--json']));
    expect(shown).toMatchObject({
      name: 'dorl',
      defaults: { lambdaU: 0.005 },
      jsonSchema: { properties: { lambdaU: { title: 'Uncertainty penalty' } } },
    });
    const text = (await offrec(['methods', 'show', 'dorl'])).stdout;
    for (const field of Object.keys((shown as { defaults: object }).defaults)) {
      expect(text).toContain(`\n${field} `);
    }
    expect((await offrec(['methods', 'show', 'dorll'])).status).toBe(3);
  });

  it('the JSON schema in resources is the one that the methods make', async () => {
    const file = new URL('../../resources/schemas/experiment.schema.json', import.meta.url);
    const { stdout } = await offrec(['schema']);
    expect(stdout, 'write it anew: offrec schema resources/schemas/experiment.schema.json').toBe(
      readFileSync(file, 'utf8'),
    );
  });
});

describe('completion', () => {
  const complete = async (line: string, shell = 'bash', home?: string): Promise<string[]> => {
    const { stdout } = await offrec(['completion-server', '--', ...line.split(' ')], {
      COMP_CWORD: String(line.split(' ').length - 1),
      COMP_LINE: line,
      COMP_POINT: String(line.length),
      SHELL: shell,
      ...(home === undefined ? {} : { OFFREC_HOME: home }),
    });
    return stdout.split('\n').filter((name) => name !== '');
  };

  it('prints a script that each shell accepts', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout, status } = await offrec(['completion', shell]);
      expect(status).toBe(0);
      expect(stdout).toContain('offrec completion-server');
    }
    const { stdout } = await offrec(['completion', 'bash']);
    execFileSync('bash', ['-n'], { input: stdout });
  });

  it('knows commands, options, choices and names', async () => {
    expect(await complete('offrec r')).toEqual(['run', 'runs', 'reference']);
    expect(await complete('offrec datasets ')).toEqual(['import', 'list', 'show', 'remove']);
    expect(await complete('offrec table x --agg')).toEqual(['--aggregation']);
    expect(await complete('offrec table x --format ')).toEqual([
      'markdown',
      'csv',
      'latex',
      'json',
      'xlsx',
    ]);
    expect(await complete('offrec methods show d')).toEqual(['dorl']);
    expect(await complete('offrec --home /x reference y --protocol nx1')).toEqual(['nx10']);
    expect(await complete('offrec run ')).toEqual(['__tabtab_complete_files__']);
    expect((await complete('offrec runs li', 'zsh'))[0]).toMatch(/^list:runs/);
  });

  it('makes no data folder', async () => {
    using folder = temporaryFolder();
    const home = join(folder.path, 'home');
    expect(await complete('offrec runs show ', 'bash', home)).toEqual([]);
    expect(existsSync(home)).toBe(false);
  });
});
