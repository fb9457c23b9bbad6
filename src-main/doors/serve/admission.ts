import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { OffrecError } from '#contract/errors.ts';

/** Why a request is not let in; null when it is. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

export interface AdmissionOptions {
  readonly token: string;
  /** Host names under which the server may be asked for, beside `localhost` and bare addresses. */
  readonly names: readonly string[];
  /** Name of the cookie that holds the token in a browser. */
  readonly cookie: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in a time that does not depend on what is equal. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** @throws OffrecError `usage` for a token that is easily guessed, or that no cookie can hold */
export function checkToken(token: string): void {
  if (/^[A-Za-z0-9._~-]{16,256}$/.test(token)) return;
  throw new OffrecError('usage', 'The token cannot be used.', {
    where: '--token',
    hint: 'It has 16 to 256 letters, digits, dots, dashes, tildes and underscores.',
  });
}

/** Decides on requests by their headers alone. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** The address bar's first visit: whether the token in it is right. */
  opensWith(token: string): boolean {
    return sameSecret(token, this.#options.token);
  }

  /** The header that lets a browser in from now on. No script and no other site can read or send it. */
  cookie(): string {
    const { cookie, token } = this.#options;
    return `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** A name that somebody else's name server could point here is no name of ours: no DNS rebinding. */
  refuseForeign(headers: IncomingHttpHeaders): Refusal | null {
    const host = hostOf(headers.host);
    if (host === null || !this.#isOurs(host)) {
      return { status: 403, reason: 'This is not a name of this server.' };
    }
    const { origin } = headers;
    if (origin === undefined) return null;
    const own = [`http://${String(headers.host)}`, `https://${String(headers.host)}`];
    return own.includes(origin) ? null : { status: 403, reason: 'Other pages may not ask.' };
  }

  /** A cookie counts for a connection only when the page says where it is from. */
  refuseUnknown(headers: IncomingHttpHeaders, connecting: boolean): Refusal | null {
    const bearer = /^Bearer ([^ ]+)$/.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined && this.opensWith(bearer)) return null;
    const held = cookieOf(headers.cookie, this.#options.cookie);
    const cookieCounts = !connecting || headers.origin !== undefined;
    if (held !== null && cookieCounts && this.opensWith(held)) return null;
    return { status: 401, reason: 'The token is missing or wrong.' };
  }

  #isOurs(host: string): boolean {
    if (isIP(host) !== 0 || host === 'localhost') return true;
    return this.#options.names.some((name) => name.toLowerCase() === host);
  }
}

/** The host of a Host header without its port, in lower case; null when the header is none. */
function hostOf(header: string | undefined): string | null {
  if (header === undefined || !/^[A-Za-z0-9.:[\]-]{1,260}$/.test(header)) return null;
  const url = URL.parse(`http://${header}`);
  // Addresses in odd spellings (hexadecimal, a single number) come out in another form: refused.
  const bare = header.toLowerCase().replace(/:\d+$/, '');
  if (url === null || url.hostname !== bare) return null;
  return bare.replace(/^\[(.*)\]$/, '$1');
}

function cookieOf(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
