/** A page that the navigation offers. `keys` are pressed one after the other. */
export interface Destination {
  readonly title: string;
  readonly path: string;
  readonly keys: string;
}

export const destinations: readonly Destination[] = [
  { title: 'Runs', path: '/runs', keys: 'g r' },
  { title: 'Tables', path: '/tables', keys: 'g t' },
  { title: 'Datasets', path: '/datasets', keys: 'g d' },
  { title: 'Health', path: '/health', keys: 'g h' },
];
