import { singleLine } from '#report/format.ts';

/** Lines of aligned columns for reading; the last column is not padded. Numbers are right-aligned. */
export function alignColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [
    header.map((name) => name.toUpperCase()),
    ...rows.map((row) => row.map(singleLine)),
  ];
  const widths = header.map((_name, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const right = header.map((_name, at) =>
    rows.every((row) => /^(-?[\d.,]+|–)?$/.test(row[at] ?? '')),
  );
  return lines
    .map((line) =>
      line
        .map((text, at) =>
          right[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `name: value` lines, names padded. */
export function alignFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${value}`).join('\n');
}
