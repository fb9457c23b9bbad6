import { startSession } from './api/session.ts';
import { fetchViewAt } from './routes.ts';

// The line to the core is opened and the view fetched while the page around them is still being made.
startSession();
fetchViewAt(location.hash);
