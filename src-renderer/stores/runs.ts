import { promiseTimeout } from '@vueuse/core';
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { limits } from '#contract/limits.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { RunRow } from '#contract/routes/runs.ts';
import { core, onChange, readWhenever } from '../api/session.ts';

/** Rows of the first request: more than a screen, and little to wait for. */
const firstPageRows = 50;
/** Rows of a later request: few enough that what the reader asks for meanwhile is answered soon. */
const laterPageRows = 250;
const restBetweenPagesMs = 20;
/** Rows after which the list is shown anew while it is still being read: ordering and drawing it takes time too. */
const shownEveryRows = 1000;
const gatherMs = 250;
/** With this many rows a table is made anew less often, so that it never holds up the page. */
const manyRows = 2000;
const gatherManyMs = 1000;

/** What the table shows of a run's results, besides the columns of its record. */
const lasts = ['rTra', 'rEach', 'length', 'coverage', 'mcd'].flatMap((name) => [
  `final/${name}`,
  `eval/${name}`,
]);

interface Page {
  readonly total: number;
  readonly rows: readonly RunRow[];
}

async function* allPages(): AsyncGenerator<Page> {
  let limit = firstPageRows;
  for (let offset = 0; ; offset += limit, limit = laterPageRows) {
    const page = await core.runs.list({ offset, limit, lasts });
    yield page;
    if (page.rows.length < limit) return;
    await promiseTimeout(restBetweenPagesMs);
  }
}

/** The runs of the list as they are now; what is no longer there is missing. */
async function readRuns(ids: readonly string[]): Promise<RunRow[]> {
  const rows: RunRow[] = [];
  for (let at = 0; at < ids.length; at += limits.pageRows) {
    const asked = ids.slice(at, at + limits.pageRows);
    const filter = { ids: asked };
    rows.push(...(await core.runs.list({ filter, limit: limits.pageRows, lasts })).rows);
  }
  return rows;
}

function newestFirst(byId: ReadonlyMap<string, RunRow>): RunRow[] {
  const at = ({ createdAt }: RunRow): string => createdAt;
  return [...byId.values()].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
}

/** The named runs as they are now: those that are no longer there go. A specification never changes, and is kept. */
function replace(
  known: Map<string, RunRow>,
  ids: readonly string[],
  fresh: ReadonlyMap<string, RunRow>,
): void {
  for (const id of ids) if (!fresh.has(id)) known.delete(id);
  for (const [id, row] of fresh) known.set(id, { ...row, spec: known.get(id)?.spec ?? row.spec });
}

/** All runs, newest first, kept up to date. */
export const useRuns = defineStore('runs', () => {
  const rows = shallowRef<readonly RunRow[]>([]);
  const total = shallowRef<number | null>(null);
  const error = shallowRef<OffrecError | null>(null);
  let byId = new Map<string, RunRow>();
  /** What `load` has read so far; what changes meanwhile is put here too. */
  let incoming: Map<string, RunRow> | null = null;
  let generation = 0;
  let changed = new Set<string>();
  let gathering = false;

  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      error.value = null;
    } catch (thrown) {
      error.value = fromRouterError(thrown);
    }
  }

  /** Reads everything, page by page; what is read is shown at once. */
  function load(): Promise<void> {
    generation += 1;
    const own = generation;
    return guarded(async () => {
      const fresh = new Map<string, RunRow>();
      incoming = fresh;
      for await (const page of allPages()) {
        if (own !== generation) return;
        for (const row of page.rows) fresh.set(row.id, row);
        total.value = page.total;
        if (fresh.size < rows.value.length + shownEveryRows && rows.value.length > 0) continue;
        byId = new Map([...byId, ...fresh]);
        rows.value = newestFirst(byId);
      }
      incoming = null;
      byId = fresh;
      rows.value = newestFirst(byId);
    });
  }

  /** Reads the runs that changes named since the last time. */
  async function catchUp(): Promise<void> {
    const ids = [...changed];
    changed = new Set();
    gathering = false;
    await guarded(async () => {
      const fresh = new Map((await readRuns(ids)).map((row) => [row.id, row]));
      const isSame = ids.every((id) => fresh.has(id) && byId.has(id));
      const before = byId.size;
      replace(byId, ids, fresh);
      if (incoming !== null) replace(incoming, ids, fresh);
      total.value = (total.value ?? 0) + byId.size - before;
      // The order is by creation: runs that were there before stay where they are.
      rows.value = isSame ? rows.value.map(({ id }) => byId.get(id) as RunRow) : newestFirst(byId);
    });
  }

  readWhenever(load);
  onChange((change) => {
    for (const id of change.runs) changed.add(id);
    if (changed.size === 0 || gathering) return;
    gathering = true;
    setTimeout(() => void catchUp(), rows.value.length > manyRows ? gatherManyMs : gatherMs);
  });

  return { rows, total, error, load };
});
