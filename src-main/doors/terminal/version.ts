import { readFileSync } from 'node:fs';

const manifest = new URL('../../../package.json', import.meta.url);

/** Version of Offrec. */
export function offrecVersion(): string {
  return String((JSON.parse(readFileSync(manifest, 'utf8')) as { version: unknown }).version);
}
