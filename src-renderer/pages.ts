import { createRouter, createWebHashHistory } from 'vue-router';

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
    { path: '/:rest(.*)', redirect: '/' },
  ],
});
