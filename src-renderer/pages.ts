import { createRouter, createWebHashHistory } from 'vue-router';
import { routes } from './routes.ts';

/** Behind the hash, so that addresses are the same in a window and on any server. */
export const pages = createRouter({
  history: createWebHashHistory(),
  routes: [...routes, { path: '/:rest(.*)', redirect: '/' }],
});
