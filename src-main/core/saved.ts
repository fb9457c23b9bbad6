import { OffrecError } from '#contract/errors.ts';
import { savedThingsSchema, type SavedThings } from '#contract/routes/saved.ts';
import type { Store } from '#store/store.ts';

const setting = 'savedThings';
const nothing: SavedThings = { tables: [], runViews: [] };

type Named<Kind extends keyof SavedThings> = SavedThings[Kind][number];

/** What readers keep under a name: recipes of tables and views of the runs. */
export interface Saved {
  list(): SavedThings;
  /** Keeps one; one of the same name is replaced. Throws `read-only`, or `invalid-input` when there are too many. */
  put<Kind extends keyof SavedThings>(kind: Kind, named: Named<Kind>): SavedThings;
  remove(kind: keyof SavedThings, name: string): SavedThings;
}

export function createSaved({ store }: { readonly store: Store }): Saved {
  const list = (): SavedThings => {
    const kept = savedThingsSchema.safeParse(
      store.read.keepsakes.setting<unknown>(setting) ?? nothing,
    );
    // Nothing here is worth a data folder that does not open.
    return kept.success ? kept.data : nothing;
  };
  const change = (kind: keyof SavedThings, alter: (now: Named<typeof kind>[]) => unknown[]) =>
    store.atomically('saved.change', () => {
      const now = list();
      const next = savedThingsSchema.safeParse({ ...now, [kind]: alter([...now[kind]]) });
      if (!next.success) {
        throw new OffrecError(
          'invalid-input',
          next.error.issues[0]?.message ?? 'It does not fit.',
          {
            where: kind,
            hint: 'Delete some that are not needed any more.',
          },
        );
      }
      store.write.keepsakes.putSetting(setting, next.data, 'saved');
      return next.data;
    });
  return {
    list,
    put: (kind, named) =>
      change(kind, (now) =>
        [...now.filter(({ name }) => name !== named.name), named].sort((a, b) =>
          a.name.localeCompare(b.name),
        ),
      ),
    remove: (kind, name) => change(kind, (now) => now.filter((each) => each.name !== name)),
  };
}
