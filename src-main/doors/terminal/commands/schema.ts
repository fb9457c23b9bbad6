import { writeFile } from 'node:fs/promises';
import { OffrecError } from '#contract/errors.ts';
import { machineClient } from '../client.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';

/** `offrec schema [FILE]`. */
export async function writeSchema(
  terminal: Terminal,
  _options: GlobalOptions,
  file: string | undefined,
): Promise<void> {
  const { methods } = await machineClient();
  const text = `${JSON.stringify(await methods.experimentSchema(), null, 2)}\n`;
  if (file === undefined) return terminal.text(text);
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new OffrecError('usage', 'The schema cannot be written there.', { where: file, cause });
  }
  terminal.answer({ written: file }, () => `Written to ${file}.`);
}
