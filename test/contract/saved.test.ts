import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '#contract/table-recipe.ts';
import { coreOn, temporaryHome } from '../runs/support/homes.ts';
import { connectClient, serveCore } from '../support/served.ts';

const view = {
  columns: ['label', 'metric:rTra'],
  groupBy: ['dataset'],
  sort: { key: 'created', descending: true },
  query: 'status:done',
  widths: { label: 220 },
};

describe('what readers keep under a name', () => {
  it('is the same for every client, by name, and changes by name', async () => {
    const served = await serveCore();
    const [one, other] = [await connectClient(served), await connectClient(served)];
    expect(await one.saved.list()).toEqual({ tables: [], runViews: [] });
    await one.saved.putTable({ name: ' Main ', recipe: defaultRecipe });
    await other.saved.putTable({ name: 'Appendix', recipe: defaultRecipe });
    await other.saved.putRunView({ name: 'Done', view });
    const wider = { ...defaultRecipe, digits: 2 };
    const now = await one.saved.putTable({ name: 'Main', recipe: wider });
    expect(now).toEqual({
      tables: [
        { name: 'Appendix', recipe: defaultRecipe },
        { name: 'Main', recipe: wider },
      ],
      runViews: [{ name: 'Done', view }],
    });
    expect(await other.saved.list()).toEqual(now);
    const left = await other.saved.remove({ kind: 'tables', name: 'Appendix' });
    expect(left.tables.map(({ name }) => name)).toEqual(['Main']);
    expect(await one.saved.remove({ kind: 'runViews', name: 'nothing' })).toEqual(left);
  });

  it('is told to the others, and stays when Offrec is started again', async () => {
    const home = temporaryHome();
    const served = await serveCore(home);
    const [one, other] = [await connectClient(served), await connectClient(served)];
    const changes = await other.changes.watch({ cursor: served.core.cursor() });
    await one.saved.putRunView({ name: 'Done', view });
    for await (const { topics } of changes) if (topics.includes('saved')) break;
    await served.core.close();
    const core = await coreOn(home);
    expect(core.saved.list().runViews).toEqual([{ name: 'Done', view }]);
  });

  it('is refused when it is no recipe, has no name, or is one too many', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const refused = { code: 'invalid-input' };
    const recipe = { ...defaultRecipe, layout: { rows: [], columns: [] } };
    await expect(client.saved.putTable({ name: 'a', recipe })).rejects.toMatchObject(refused);
    await expect(
      client.saved.putTable({ name: '  ', recipe: defaultRecipe }),
    ).rejects.toMatchObject(refused);
    for (let at = 0; at < 500; at++) served.core.saved.put('runViews', { name: `v${at}`, view });
    await expect(client.saved.putRunView({ name: 'more', view })).rejects.toMatchObject(refused);
    expect((await client.saved.putRunView({ name: 'v7', view })).runViews).toHaveLength(500);
  });
});
