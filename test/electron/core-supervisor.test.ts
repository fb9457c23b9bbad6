import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CoreState } from '#contract/desktop.ts';
import type { CoreProcessHandle, ProcessExit } from '#doors/electron/launch/core-process-handle.ts';
import { CoreSupervisor } from '#doors/electron/launch/core-supervisor.ts';
import type { FromCore, ToCore } from '#doors/electron/messages.ts';

/** A core that does what the test says. */
class FakeCore implements CoreProcessHandle {
  readonly sent: ToCore['type'][] = [];
  readonly signals: string[] = [];
  #say: (message: FromCore) => void = () => {};
  #exit: (exit: ProcessExit) => void = () => {};
  send(message: ToCore): void {
    this.sent.push(message.type);
  }
  open(): void {}
  onMessage(listener: (message: FromCore) => void): void {
    this.#say = listener;
  }
  onOutput(listener: (text: string) => void): void {
    listener('a last line\n');
  }
  onExit(listener: (exit: ProcessExit) => void): void {
    this.#exit = listener;
  }
  kill(signal: string): void {
    this.signals.push(signal);
  }
  say(message: FromCore): void {
    this.#say(message);
  }
  end(signal: string | null = 'SIGSEGV'): void {
    this.#exit({ code: signal === null ? 0 : null, signal, failure: null });
  }
}

function supervise() {
  const cores: FakeCore[] = [];
  const states: CoreState[] = [];
  const supervisor = new CoreSupervisor(
    () => {
      const core = new FakeCore();
      cores.push(core);
      return core;
    },
    {
      start: () => ({ type: 'start', home: '/data', version: '1', hosts: 'utility' }),
      onProcess: () => {},
      onMessage: () => {},
      onState: (state) => states.push(state),
      describe: () => 'Offrec 1',
    },
  );
  supervisor.start();
  const newest = (): FakeCore => cores.at(-1) as FakeCore;
  return { supervisor, cores, states, newest };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the supervisor of the core', () => {
  it('starts it again after 0.5, 1, 2, 4 and 8 s, then says what to do', () => {
    const { cores, states, newest } = supervise();
    for (const inMs of [500, 1000, 2000, 4000, 8000]) {
      newest().say({ type: 'ready' });
      newest().end();
      expect(states.at(-1)).toMatchObject({ kind: 'restarting', inMs });
      const before = cores.length;
      vi.advanceTimersByTime(inMs - 1);
      expect(cores).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(cores).toHaveLength(before + 1);
    }
    newest().say({ type: 'ready' });
    newest().end();
    const last = states.at(-1);
    expect(last).toMatchObject({ kind: 'failed', error: { code: 'host-gone' } });
    expect(last?.kind === 'failed' && last.diagnostics).toMatch(
      /Offrec 1[^]*SIGSEGV[^]*a last line/,
    );
    vi.advanceTimersByTime(60_000);
    expect(cores).toHaveLength(6);
  });

  it('forgets earlier ends after a minute without one', () => {
    const { states, newest } = supervise();
    for (let round = 0; round < 12; round += 1) {
      newest().say({ type: 'ready' });
      vi.advanceTimersByTime(60_000);
      newest().end();
      expect(states.at(-1)).toMatchObject({ kind: 'restarting', inMs: 500 });
      vi.advanceTimersByTime(500);
    }
  });

  it('waits for one that reads a large data folder, however long that takes', () => {
    const { states, newest } = supervise();
    newest().say({ type: 'opening' });
    vi.advanceTimersByTime(40_000);
    expect(states.at(-1)?.kind).toBe('starting');
    vi.advanceTimersByTime(600_000);
    expect(states.at(-1)?.kind).toBe('silent');
    expect(newest().signals).toEqual([]);
    newest().say({ type: 'ready' });
    expect(states.at(-1)?.kind).toBe('running');
  });

  it('gives up on one that does not begin within 20 s, and starts anew when asked', () => {
    const { supervisor, cores, states, newest } = supervise();
    vi.advanceTimersByTime(19_999);
    expect(states.at(-1)?.kind).toBe('starting');
    vi.advanceTimersByTime(1);
    expect(states.at(-1)?.kind).toBe('failed');
    expect(newest().signals).toEqual(['SIGKILL']);
    supervisor.restart();
    expect(cores).toHaveLength(2);
    newest().say({ type: 'ready' });
    expect(states.at(-1)?.kind).toBe('running');
  });

  it('tells of a data folder that cannot be opened, once', () => {
    const { cores, states, newest } = supervise();
    newest().say({ type: 'refused', error: { code: 'corrupt-file', message: 'Damaged.' } });
    newest().end(null);
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'corrupt-file' } });
    expect(cores).toHaveLength(1);
  });

  it('tells of silence and never ends it for that', () => {
    const { states, newest } = supervise();
    newest().say({ type: 'ready' });
    newest().say({ type: 'beat' });
    vi.advanceTimersByTime(11_000);
    expect(states.at(-1)?.kind).toBe('silent');
    vi.advanceTimersByTime(600_000);
    expect(newest().signals).toEqual([]);
    newest().say({ type: 'beat' });
    expect(states.at(-1)?.kind).toBe('running');
  });

  it('asks it to end, then ends it, and starts none again', async () => {
    const { supervisor, cores, newest } = supervise();
    newest().say({ type: 'ready' });
    const stopped = supervisor.stop();
    expect(newest().sent).toEqual(['start', 'stop']);
    vi.advanceTimersByTime(35_000);
    expect(newest().signals).toEqual(['SIGTERM']);
    vi.advanceTimersByTime(5_000);
    expect(newest().signals).toEqual(['SIGTERM', 'SIGKILL']);
    newest().end('SIGKILL');
    await stopped;
    vi.advanceTimersByTime(60_000);
    expect(cores).toHaveLength(1);
  });
});
