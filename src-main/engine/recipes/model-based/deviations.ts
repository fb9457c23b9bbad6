/** How the shared recipe differs from the published code, one sentence each. */
export const modelBasedDeviations: readonly string[] = [
  'The state’s first entry has reward 1 both when acting and when learning; the published code scales it when learning only.',
  'Episodes of unequal length are padded to few shapes with weight 0, which changes no loss.',
  'Random numbers come from the run’s own streams, so that seeds are not those of the published runs.',
];
