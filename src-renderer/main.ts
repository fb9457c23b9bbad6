import './begin.ts';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { pages } from './pages.ts';
import { fetchViews, routeAt } from './routes.ts';
import { useRuns } from './stores/runs.ts';
import './styles/page.css';

const pinia = createPinia();
const app = createApp(App).use(pinia).use(pages);
// The table's first rows are asked for while its view is on its way.
if (routeAt(location.hash)?.name === 'runs') useRuns(pinia);
// Frame and view are drawn as one; until the view is here the line to the core gets its turn.
await pages.isReady();
app.mount('#app');
void fetchViews();
