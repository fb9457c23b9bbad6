import { existsSync } from 'node:fs';
import { OffrecError } from '#contract/errors.ts';

interface NativeLibraryModule {
  findNativeLibrary(request: { cuda: boolean }): { addonPath: string } | null;
}

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
  const moduleUrl = new URL('../../../setup/native-library.mjs', import.meta.url).href;
  const setup = (await import(moduleUrl)) as NativeLibraryModule;
  const found = setup.findNativeLibrary({ cuda });
  if (found !== null) return found.addonPath;
  throw new OffrecError('native-missing', 'The native TensorFlow library is not installed.', {
    hint: cuda ? 'Run `offrec setup --cuda`.' : 'Run `offrec setup`.',
  });
}
