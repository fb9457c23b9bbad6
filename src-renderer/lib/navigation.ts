/** A page that the navigation offers. `keys` are pressed one after the other. */
export interface Destination {
  readonly title: string;
  readonly path: string;
  readonly keys: string;
}

export const destinations: readonly Destination[] = [
  { title: 'Home', path: '/', keys: 'g o' },
  { title: 'New experiment', path: '/experiments/new', keys: 'g n' },
  { title: 'Queue', path: '/queue', keys: 'g q' },
  { title: 'Runs', path: '/runs', keys: 'g r' },
  { title: 'Compare', path: '/compare', keys: 'g c' },
  { title: 'Tables', path: '/tables', keys: 'g t' },
  { title: 'Datasets', path: '/datasets', keys: 'g d' },
  { title: 'Checkpoints', path: '/checkpoints', keys: 'g k' },
  { title: 'Health', path: '/health', keys: 'g h' },
];
