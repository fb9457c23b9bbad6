import { describe, expect, it } from 'vitest';
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
