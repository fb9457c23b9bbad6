import { openCore } from '#core/open-core.ts';

/**
 * Process of a run that is under way, as every Offrec on the data folder knows it; null when none is. Asked from a core of
 * its own, which starts nothing.
 */
export async function hostOf(home: string, run: string): Promise<number | null> {
  const core = await openCore({ home });
  try {
    return core.health().hosts.find((host) => host.run === run)?.pid ?? null;
  } finally {
    await core.close();
  }
}
