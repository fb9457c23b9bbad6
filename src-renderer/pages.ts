import { createRouter, createWebHashHistory } from 'vue-router';

/** The page's own addresses. Behind the hash, so that they are the same in a window and on any server. */
export const pages = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/runs' },
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
    { path: '/health', name: 'health', component: () => import('./views/HealthView.vue') },
    { path: '/:rest(.*)', redirect: '/runs' },
  ],
});
