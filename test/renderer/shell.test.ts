import { sectionOf } from '#renderer/lib/navigation.ts';
import { describe, expect, it } from 'vitest';
import { withoutPersonalPaths } from '#renderer/lib/diagnostics.ts';
import { showKeys } from '#renderer/lib/shortcuts.ts';

describe('the navigation', () => {
  it.each([
    ['/', '/'],
    ['/import', '/datasets'],
    ['/world', '/datasets'],
    ['/datasets/a', '/datasets'],
    ['/runs/0123', '/runs'],
    ['/try', '/checkpoints'],
    ['/experiments/new', '/experiments/new'],
    ['/experiments/mine', null],
    ['/nowhere', null],
  ])('shows for %s where it lies', (path, section) => {
    expect(sectionOf(path)).toBe(section);
  });
});

describe('keys', () => {
  it('are called as on the platform', () => {
    expect(showKeys('mod+k', false)).toBe('Ctrl K');
    expect(showKeys('mod+k', true)).toBe('⌘ K');
    expect(showKeys('g r', false)).toBe('g then r');
    expect(showKeys('?', false)).toBe('?');
  });
});

describe('diagnostics', () => {
  it('tell no path but those inside the data folder', () => {
    const home = '/data/offrec';
    const text = 'at /home/ada/secret.csv and /data/offrec/runs/1, 3/4 of it; C:\\Users\\ada';
    expect(withoutPersonalPaths(text, home)).toBe('at … and /data/offrec/runs/1, 3/4 of it; …');
  });
});
