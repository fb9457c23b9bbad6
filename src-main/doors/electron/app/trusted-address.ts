/** Where the page's own links lead: papers, data sets, the project. Nothing else is opened. */
const hosts: ReadonlySet<string> = new Set([
  'arxiv.org',
  'doi.org',
  'dl.acm.org',
  'openreview.net',
  'proceedings.mlr.press',
  'github.com',
  'www.cs.cornell.edu',
  'kuairec.com',
  'kuairand.com',
  'grouplens.org',
]);

/** Whether an address may be opened in the reader's browser: https, a known host, no credentials, no other port. */
export function isTrustedAddress(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && url.port === '' && hosts.has(url.hostname);
}
