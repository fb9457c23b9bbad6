import type { Core, CoreOptions } from '#core/core.ts';
import type { Terminal } from './terminal.ts';

/** Opens the core on the chosen data folder, hands it over, and closes it whatever happens. */
export async function withCore<Result>(
  terminal: Terminal,
  body: (core: Core) => Promise<Result>,
  options: Omit<CoreOptions, 'home' | 'onNotice'> = {},
): Promise<Result> {
  const [{ openCore }, { resolveHome }] = await Promise.all([
    import('#core/open-core.ts'),
    import('#core/home.ts'),
  ]);
  const home = resolveHome(terminal.home, process.env);
  const core = await openCore({
    ...options,
    home,
    onNotice: ({ level, message }) => terminal.say(`${level}: ${message}`),
  });
  try {
    for (const { level, message } of core.notices) terminal.say(`${level}: ${message}`);
    return await body(core);
  } finally {
    await core.close();
  }
}
