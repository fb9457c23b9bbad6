import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { startSession } from './api/session.ts';
import App from './App.vue';
import { fetchViews, pages } from './pages.ts';
import './styles/page.css';

createApp(App).use(createPinia()).use(pages).mount('#app');
startSession();
void fetchViews();
