/** Chosen parts of one axis: values, or places in the list of names. */
export type Brush = readonly (readonly [low: number, high: number])[];

interface BrushedAxis {
  readonly name: string;
  readonly isNumeric: boolean;
  readonly values: readonly string[];
}

/** Whether a line goes through a chosen part of every axis that has one. */
export function passes(
  line: readonly (number | string)[],
  axes: readonly BrushedAxis[],
  brushes: ReadonlyMap<string, Brush>,
): boolean {
  return axes.every(({ name, isNumeric, values }, at) => {
    const brush = brushes.get(name);
    if (brush === undefined) return true;
    const value = isNumeric ? Number(line[at]) : values.indexOf(String(line[at]));
    return brush.some(([low, high]) => value >= low && value <= high);
  });
}
