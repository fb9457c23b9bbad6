import { OffrecError } from '#contract/errors.ts';
import { parseOverride } from '#core/experiment-file/overrides.ts';
import { formatPath } from '#core/experiment-file/path.ts';

/**
 * `--set name=value` options of commands whose settings are flat, as one map.
 * @throws OffrecError `usage` for a path with more than one part, or a name given twice
 */
export function parseSettings(texts: readonly string[] = []): Record<string, unknown> {
  const settings = new Map<string, unknown>();
  for (const text of texts) {
    const { path, value } = parseOverride(text);
    const [name] = path;
    if (typeof name !== 'string' || path.length > 1) {
      throw new OffrecError('usage', `'${formatPath(path)}' is no name of a setting.`, {
        where: `--set ${text}`,
        hint: 'Write --set name=value.',
      });
    }
    if (settings.has(name)) {
      throw new OffrecError('usage', `'${name}' is set twice.`, { where: `--set ${text}` });
    }
    settings.set(name, value);
  }
  return Object.fromEntries(settings);
}
