import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderInside } from '#doors/electron/app/folder-inside.ts';
import { readArguments } from '#doors/electron/arguments.ts';
import { placeOn } from '#doors/electron/app/window-place.ts';

const display = { x: 0, y: 0, width: 1920, height: 1040 };
const place = { x: 100, y: 50, width: 1200, height: 800, maximised: false };

describe('the place of the window', () => {
  it('is where it was', () => {
    const second = { ...display, x: 1920 };
    expect(placeOn(place, [display]).position).toEqual({ x: 100, y: 50 });
    expect(placeOn({ ...place, x: 2500 }, [display, second]).position).toEqual({ x: 2500, y: 50 });
  });

  it.each([
    { x: 2500, y: 50 },
    { x: -1150, y: 50 },
    { x: 100, y: -300 },
    { x: 100, y: 1030 },
  ])('is not where nobody could take hold of it: $x, $y', (where) => {
    expect(placeOn({ ...place, ...where }, [display])).toEqual({
      size: { width: 1200, height: 800 },
      position: null,
    });
  });

  it('is no larger than the display', () => {
    const { size } = placeOn({ ...place, width: 4000, height: 3000 }, [display]);
    expect(size).toEqual({ width: 1920, height: 1040 });
  });
});

describe('the arguments', () => {
  it('come from the command line, else from the environment, else are utility processes', () => {
    const environment = { OFFREC_HOME: '/data', OFFREC_CORE: 'node' };
    expect(readArguments(['--no-sandbox', '.', '--hosts=node'], environment)).toEqual({
      home: '/data',
      core: 'node',
      hosts: 'node',
    });
    expect(readArguments(['--home', '/other', '--core=nonsense'], {})).toEqual({
      home: '/other',
      core: 'utility',
      hosts: 'utility',
    });
  });
});

describe('a folder that a page asks to open', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'offrec-folders-'));
    mkdirSync(join(root, 'home', 'runs', 'a'), { recursive: true });
    mkdirSync(join(root, 'home-of-another'));
    mkdirSync(join(root, 'elsewhere'));
    writeFileSync(join(root, 'home', 'offrec.db'), '');
    symlinkSync(join(root, 'elsewhere'), join(root, 'home', 'runs', 'link'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is one of the data folder', () => {
    const home = join(root, 'home');
    const real = realpathSync(home);
    expect(folderInside(home, join(home, 'runs', 'a'))).toBe(join(real, 'runs', 'a'));
    expect(folderInside(home, home)).toBe(real);
  });

  it.each([
    ['..', 'usage'],
    ['../elsewhere', 'usage'],
    ['../home-of-another', 'usage'],
    ['runs/link', 'usage'],
    ['runs/a/../../../elsewhere', 'usage'],
    ['offrec.db', 'usage'],
    ['runs/missing', 'not-found'],
  ])('is refused when it is %s', (way, code) => {
    const home = join(root, 'home');
    expect(() => folderInside(home, `${home}/${way}`)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused without its whole path', () => {
    expect(() => folderInside(process.cwd(), '.')).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
