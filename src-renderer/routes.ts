import type { Component } from 'vue';

/** An address of the page and the view that is fetched for it. */
interface PageRoute {
  readonly path: string;
  readonly name: string;
  readonly component: () => Promise<{ readonly default: Component }>;
  /** Whether the parts of the address that have a name go to the view. */
  readonly props?: boolean;
}

/** The page's own addresses. */
export const routes: readonly PageRoute[] = [
  { path: '/', name: 'home', component: () => import('./views/HomeView.vue') },
  {
    path: '/experiments/new',
    name: 'new-experiment',
    component: () => import('./views/ExperimentView.vue'),
  },
  {
    path: '/experiments/:name',
    name: 'experiment',
    component: () => import('./views/ExperimentView.vue'),
    props: true,
  },
  { path: '/queue', name: 'queue', component: () => import('./views/QueueView.vue') },
  { path: '/runs', name: 'runs', component: () => import('./views/RunsView.vue') },
  { path: '/runs/:id', name: 'run', component: () => import('./views/RunView.vue'), props: true },
  { path: '/compare', name: 'compare', component: () => import('./views/CompareView.vue') },
  { path: '/tables', name: 'tables', component: () => import('./views/TablesView.vue') },
  { path: '/datasets', name: 'datasets', component: () => import('./views/DatasetsView.vue') },
  {
    path: '/datasets/:name',
    name: 'dataset',
    component: () => import('./views/DatasetView.vue'),
    props: true,
  },
  { path: '/import', name: 'import', component: () => import('./views/ImportView.vue') },
  { path: '/world', name: 'world', component: () => import('./views/WorldView.vue') },
  {
    path: '/checkpoints',
    name: 'checkpoints',
    component: () => import('./views/CheckpointsView.vue'),
  },
  { path: '/try', name: 'try', component: () => import('./views/TryPolicyView.vue') },
  { path: '/health', name: 'health', component: () => import('./views/HealthView.vue') },
  { path: '/settings', name: 'settings', component: () => import('./views/SettingsView.vue') },
];

/** What is opened most, after the view of the address. */
const usual: readonly string[] = ['runs', 'run', 'compare'];
const restBeforeMs = 1000;

/** The route of an address behind the hash, such as `#/runs/0123?tab=log`; undefined for one that leads nowhere. */
export function routeAt(hash: string): PageRoute | undefined {
  const [path = ''] = hash.slice(1).split('?');
  const parts = (path || '/').split('/');
  return routes.find((route) => {
    const wanted = route.path.split('/');
    const fits = (part: string, at: number): boolean => part.startsWith(':') || part === parts[at];
    return wanted.length === parts.length && wanted.every(fits);
  });
}

/** Begins to fetch the view of an address. The router asks for it again, and tells when it cannot be had. */
export function fetchViewAt(hash: string): void {
  routeAt(hash)
    ?.component()
    .catch(() => {});
}

/** Fetches the views that are opened most, one after another, once the first one is there and the page rests. */
export async function fetchViews(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, restBeforeMs));
  for (const name of usual) {
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }));
    await routes.find((route) => route.name === name)?.component();
  }
}
