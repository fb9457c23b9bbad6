export type IconName =
  | 'home'
  | 'add'
  | 'queue'
  | 'runs'
  | 'compare'
  | 'tables'
  | 'datasets'
  | 'checkpoints'
  | 'health'
  | 'settings'
  | 'search'
  | 'keys'
  | 'collapse'
  | 'expand';

/** A page that the navigation offers. `keys` are pressed one after the other. */
export interface Destination {
  readonly title: string;
  readonly path: string;
  readonly keys: string;
  readonly icon: IconName;
}

export const destinations: readonly Destination[] = [
  { title: 'Home', path: '/', keys: 'g o', icon: 'home' },
  { title: 'New experiment', path: '/experiments/new', keys: 'g n', icon: 'add' },
  { title: 'Queue', path: '/queue', keys: 'g q', icon: 'queue' },
  { title: 'Runs', path: '/runs', keys: 'g r', icon: 'runs' },
  { title: 'Compare', path: '/compare', keys: 'g c', icon: 'compare' },
  { title: 'Tables', path: '/tables', keys: 'g t', icon: 'tables' },
  { title: 'Datasets', path: '/datasets', keys: 'g d', icon: 'datasets' },
  { title: 'Checkpoints', path: '/checkpoints', keys: 'g k', icon: 'checkpoints' },
  { title: 'Health', path: '/health', keys: 'g h', icon: 'health' },
  { title: 'Settings', path: '/settings', keys: 'g s', icon: 'settings' },
];

/** Pages that the navigation does not name, and the one that they belong to. */
const belonging: Readonly<Record<string, string>> = {
  '/import': '/datasets',
  '/world': '/datasets',
  '/try': '/checkpoints',
};

/** The destination in whose part of the workbench an address lies; null for one that is in none. */
export function sectionOf(path: string): string | null {
  const [, first = ''] = path.split('/');
  const at = belonging[`/${first}`] ?? `/${first}`;
  if (at === '/experiments') return path === '/experiments/new' ? path : null;
  return destinations.find((destination) => destination.path === at)?.path ?? null;
}
