import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OffrecError } from '#contract/errors.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';

const benchmark = fileURLToPath(new URL('../../../../test/bench/main.ts', import.meta.url));

/** `offrec bench`: the benchmark is part of the source tree, and runs in a process of its own. */
export async function runBench(
  terminal: Terminal,
  _options: GlobalOptions,
  words: readonly string[],
): Promise<number> {
  if (!existsSync(benchmark)) {
    throw new OffrecError('not-found', 'The benchmark is not part of this installation.', {
      where: benchmark,
      hint: 'It comes with the source code.',
    });
  }
  const json = terminal.json ? ['--json'] : [];
  const child = spawn(process.execPath, [benchmark, ...json, ...words], { stdio: 'inherit' });
  // The benchmark gets the terminal's own Ctrl-C; this process only has to outlive it.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 130;
  } finally {
    process.off('SIGINT', ignore);
  }
}
