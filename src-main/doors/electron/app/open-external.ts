import { shell } from 'electron';
import { isTrustedAddress } from './trusted-address.ts';

// The only file that hands an address to the system.

/** Opens an address in the reader's browser when it is trusted; says whether it was. */
export function openExternally(address: string): boolean {
  if (!isTrustedAddress(address)) return false;
  void shell.openExternal(new URL(address).href);
  return true;
}
