import { OffrecError } from '#contract/errors.ts';
import { parseOverride } from '#core/experiment-file/overrides.ts';
import type { JsonValue } from '#contract/limits.ts';
import { experimentFileSchema, type ExperimentFile } from '#contract/experiment.ts';
import { formatPath } from '#core/experiment-file/path.ts';
import { problemsOf } from '#core/experiment-file/problems.ts';
import { parseSource } from '#core/experiment-file/source.ts';

/**
 * `--set name=value` options of commands whose settings are flat, as one map.
 * @throws OffrecError `usage` for a path with more than one part, or a name given twice
 */
export function parseSettings(texts: readonly string[] = []): Record<string, JsonValue> {
  const settings = new Map<string, JsonValue>();
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
    // YAML's core schema knows JSON's values only.
    settings.set(name, value as JsonValue);
  }
  return Object.fromEntries(settings);
}

/**
 * `--protocol`: a preset's name, or a map of fields in YAML.
 * @throws OffrecError `usage`
 */
export function parseProtocol(text: string): ExperimentFile['protocol'] {
  const schema = experimentFileSchema.shape.protocol;
  const parsed = schema.safeParse(parseSource(text, '--protocol').value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [problem] = problemsOf(parsed.error, schema);
  const path = formatPath(problem?.path ?? []);
  throw new OffrecError('usage', problem?.message ?? 'This is no protocol.', {
    where: `--protocol ${path}`.trim(),
    hint:
      problem?.hint ?? 'Name a preset such as nx0, or fields such as {preset: nx0, maxLength: 10}.',
  });
}
