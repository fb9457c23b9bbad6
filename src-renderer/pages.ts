import { createRouter, createWebHashHistory } from 'vue-router';

type View = () => Promise<unknown>;

const runsView: View = () => import('./views/RunsView.vue');
const runView: View = () => import('./views/RunView.vue');
const compareView: View = () => import('./views/CompareView.vue');

/** Fetches the views that are opened most, one after another while the page has nothing else to do. */
export async function fetchViews(): Promise<void> {
  for (const fetchView of [runsView, runView, compareView]) {
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }));
    await fetchView();
  }
}

/** The page's own addresses. Behind the hash, so that they are the same in a window and on any server. */
export const pages = createRouter({
  history: createWebHashHistory(),
  routes: [
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
    { path: '/runs', name: 'runs', component: runsView },
    { path: '/runs/:id', name: 'run', component: runView, props: true },
    { path: '/compare', name: 'compare', component: compareView },
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
    { path: '/:rest(.*)', redirect: '/' },
  ],
});
