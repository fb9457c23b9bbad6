import './begin.ts';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { pages } from './pages.ts';
import { fetchViews } from './routes.ts';
import './styles/page.css';

createApp(App).use(createPinia()).use(pages).mount('#app');
void fetchViews();
