import type { MethodDetail } from '#contract/routes/methods.ts';
import { machineClient } from '../client.ts';
import { alignColumns } from '../columns.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';

/** `offrec methods list`. */
export async function listMethods(terminal: Terminal): Promise<void> {
  const methods = await (await machineClient()).methods.list();
  const rows = methods.map(({ name, title, summary }) => [name, title, summary]);
  terminal.answer(methods, () => alignColumns(['name', 'title', 'summary'], rows));
}

/** `offrec methods show NAME`. */
export async function showMethod(
  terminal: Terminal,
  _options: GlobalOptions,
  name: string,
): Promise<void> {
  const method = await (await machineClient()).methods.show({ name });
  terminal.answer(method, () => methodText(method));
}

interface FieldSchema {
  readonly title?: string;
  readonly symbol?: string;
  readonly unit?: string;
  readonly help?: string;
  readonly group?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

function methodText(method: MethodDetail): string {
  const fields = Object.entries(
    (method.jsonSchema['properties'] ?? {}) as Record<string, FieldSchema>,
  );
  const rows = fields.map(([name, field]) => [
    name,
    JSON.stringify(method.defaults[name]) ?? '',
    rangeText(field),
    [field.symbol, field.help ?? field.title].filter((part) => part !== undefined).join(': '),
  ]);
  const presets = method.presets.map(
    ({ dataset, source, values }) =>
      `preset for ${dataset}: ${JSON.stringify(values)}\n  from ${source}`,
  );
  const paper = method.paper === null ? [] : [`${method.paper.title} (${method.paper.reference})`];
  return [
    `${method.title}\n${method.summary}`,
    ...paper,
    ...(method.reconstruction ? ['The paper left details open: this is a reconstruction.'] : []),
    alignColumns(['field', 'default', 'range', 'meaning'], rows),
    ...presets,
    ...method.deviations.map((sentence) => `deviation: ${sentence}`),
  ].join('\n\n');
}

function rangeText(field: FieldSchema): string {
  if (field.enum !== undefined) return field.enum.map(String).join(' | ');
  const low = field.minimum ?? field.exclusiveMinimum;
  const high = field.maximum ?? field.exclusiveMaximum;
  const bound = (value: number | undefined): string =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? '…' : String(value);
  const unit = field.unit === undefined ? '' : ` ${field.unit}`;
  if (low === undefined && high === undefined) return `${field.type ?? ''}${unit}`;
  return `${bound(low)} to ${bound(high)}${unit}`;
}
