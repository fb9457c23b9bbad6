import { limits } from '#contract/limits.ts';
import type { RouterClient } from '#contract/router.ts';
import type { RunFilter } from '#contract/routes/runs.ts';
import type { RunRecord } from '#contract/run.ts';

const sort = { by: 'created', descending: false } as const;

/** Runs that the filter lets through, oldest first, read page by page. */
export async function readRuns(
  client: RouterClient,
  filter: RunFilter,
  most = Number.POSITIVE_INFINITY,
): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  for (;;) {
    const limit = Math.min(limits.pageRows, most - runs.length);
    const { rows } = await client.runs.list({ filter, sort, offset: runs.length, limit });
    runs.push(...rows.map(({ lasts: _lasts, ...run }) => run));
    if (rows.length < limit || runs.length >= most) return runs;
  }
}

/** These runs in the order of the list; what was removed meanwhile is missing. */
export async function readRunsById(
  client: RouterClient,
  ids: readonly string[],
): Promise<RunRecord[]> {
  const byId = new Map<string, RunRecord>();
  for (let at = 0; at < ids.length; at += limits.pageRows) {
    const some = ids.slice(at, at + limits.pageRows);
    for (const run of await readRuns(client, { ids: some, superseded: true }))
      byId.set(run.id, run);
  }
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Ids that the words stand for: whole, or beginnings of at least four characters. */
export function resolveRuns(client: RouterClient, words: readonly string[]): Promise<string[]> {
  return Promise.all(words.map(async (prefix) => (await client.runs.resolve({ prefix })).id));
}
