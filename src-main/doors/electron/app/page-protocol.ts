import { protocol, type Session } from 'electron';
import { securityHeaders } from '../../serve/headers.ts';
import { PageFiles } from '../../serve/page-files.ts';
import { pageOrigin, pageScheme } from './page-address.ts';

/** Must be called before Electron is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

const refusal = (status: number, text: string): Response =>
  new Response(text, { status, headers: { ...securityHeaders, 'Content-Type': 'text/plain' } });

/** Answers the page's requests from the list of its files, and refuses everything else, `file:` included. */
export function servePage(session: Session, folder: string): void {
  const files = new PageFiles(folder);
  session.protocol.handle(pageScheme, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    if (host !== 'offrec') return refusal(404, 'There is no such place.');
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only GET and HEAD.');
    if (!files.isBuilt) return refusal(503, 'The page is not built. Run: npm run build');
    const file = files.find(pathname);
    if (file === null) return refusal(404, 'There is no such file.');
    const headers = { ...securityHeaders, 'Content-Type': file.mediaType };
    const content = method === 'HEAD' ? null : new Uint8Array((await file.read()).bytes);
    return new Response(content, { headers });
  });
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isAllowedRequest(details.url) });
  });
}

/** The page's own files, what it made itself, and the developer tools. */
function isAllowedRequest(address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return false;
  if (url.protocol === `${pageScheme}:`) return url.host === 'offrec';
  if (url.protocol === 'blob:') return url.href.startsWith(`blob:${pageOrigin}/`);
  return url.protocol === 'data:' || url.protocol === 'devtools:';
}
