import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextInBackground, noActivity } from '#doors/electron/app/background.ts';
import { SettingsFile } from '#doors/electron/app/settings-file.ts';
import { tellActivity } from '#doors/electron/core/activity.ts';
import { Lines, type Line } from '#doors/electron/core/lines.ts';
import type { FromCore } from '#doors/electron/messages.ts';
import { coreOn, eventually, experiment, temporaryHome } from '../runs/support/homes.ts';

describe('an application without a window', () => {
  const running = { kind: 'running' } as const;
  const error = { code: 'host-gone', message: 'It ended.' } as const;

  it('goes on while runs do, and quits after them', () => {
    expect(nextInBackground({ ...noActivity, running: 1 }, running)).toBe('stay');
    expect(nextInBackground({ ...noActivity, queued: 2 }, running)).toBe('stay');
    expect(nextInBackground(noActivity, running)).toBe('quit');
  });

  it('waits for a core that is started again, and shows one that failed for good', () => {
    const restarting = { kind: 'restarting', attempt: 1, inMs: 500 } as const;
    expect(nextInBackground(noActivity, restarting)).toBe('stay');
    expect(nextInBackground(noActivity, { kind: 'failed', error, diagnostics: '' })).toBe('show');
  });

  it('is not kept by runs that nobody lets start', async () => {
    const core = await coreOn(temporaryHome());
    const told: FromCore[] = [];
    const stop = tellActivity(core, (message) => told.push(message));
    const queued = () => {
      const last = told.at(-1);
      return last?.type === 'activity' ? last.activity.queued : null;
    };
    await core.experiments.create(experiment({ seeds: [0, 1] }));
    await eventually(() => queued() === 2, 'two runs wait');
    core.queue.hold(true);
    await eventually(() => queued() === 0, 'nothing will start');
    core.queue.hold(false);
    await eventually(() => queued() === 2, 'they may start again');
    stop();
  });
});

it('a window’s place that cannot be kept is no error; settings that cannot be kept are one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-settings-'));
  writeFileSync(join(folder, 'window'), 'a file where the folder should be');
  const file = new SettingsFile(join(folder, 'window', 'settings.json'));
  const place = { x: 1, y: 2, width: 900, height: 700, maximised: false };
  file.changePlace(place);
  expect(file.place).toEqual(place);
  file.rememberClosing('pause');
  expect(file.settings.closeWhileRunning).toBe('pause');
  expect(() => file.changeSettings(file.settings)).toThrow();
  expect(readFileSync(join(folder, 'window'), 'utf8')).toContain('a file');
  rmSync(folder, { recursive: true });
});

it('a line that the core has ended is not heard any more', () => {
  const sent: FromCore[] = [];
  const heard: unknown[] = [];
  const link = { send: (message: FromCore) => void sent.push(message) };
  const lines = new Lines(link as ConstructorParameters<typeof Lines>[0], (line: Line) => {
    line.onMessage((message) => {
      heard.push(message);
      line.close();
    });
  });
  lines.receive({ type: 'line', line: 7, purpose: { kind: 'window' } }, null);
  lines.receive({ type: 'line-data', line: 7, data: 'first' }, null);
  lines.receive({ type: 'line-data', line: 7, data: 'second' }, null);
  expect(heard).toEqual(['first']);
  expect(sent).toEqual([{ type: 'line-closed', line: 7 }]);
});
