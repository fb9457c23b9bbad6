/** What a run can be. Apart from its schema, so that a page can name them without loading schemas. */
export const runStatuses = [
  'queued',
  'running',
  'pausing',
  'paused',
  'interrupted',
  'done',
  'failed',
  'stopped',
] as const;
