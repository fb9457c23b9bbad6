import { shell } from 'electron';

// The only file that hands an address to the system.

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

/** Opens an address in the reader's browser when it is trusted; says whether it was. */
export function openExternally(address: string): boolean {
  if (!isTrustedAddress(address)) return false;
  void shell.openExternal(new URL(address).href);
  return true;
}
