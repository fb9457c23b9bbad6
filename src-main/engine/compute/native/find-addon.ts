import { existsSync } from 'node:fs';
import { OffrecError } from '#contract/errors.ts';

/**
 * Path of the addon: OFFREC_NATIVE_ADDON when set, otherwise what set-up installed. Throws
 * `native-missing` when there is none.
 */
export async function findAddon(cuda: boolean): Promise<string> {
  const override = process.env['OFFREC_NATIVE_ADDON'];
  if (override !== undefined && override !== '') {
    if (existsSync(override)) return override;
    throw new OffrecError('native-missing', 'OFFREC_NATIVE_ADDON names no file.', {
      where: override,
      hint: 'Unset it to use the installed library.',
    });
  }
  const { findNativeLibrary } = await import('#setup/native-library.mjs');
  const found = findNativeLibrary({ cuda });
  if (found !== null) return found.addonPath;
  throw new OffrecError('native-missing', 'The native TensorFlow library is not installed.', {
    hint: cuda ? 'Run `offrec setup --cuda`.' : 'Run `offrec setup`.',
  });
}
