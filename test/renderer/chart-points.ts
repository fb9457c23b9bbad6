interface DrawnSeries {
  readonly type?: string;
  readonly data?: ArrayLike<number>;
  readonly dimensions?: readonly string[];
  readonly renderItem?: (params: unknown, api: unknown) => { shape: { points: number[][] } } | null;
}

/** Points of a line, a row each. */
export function pointsOf(series: unknown): number[][] {
  const { data = [], dimensions = [] } = series as DrawnSeries;
  const width = dimensions.length;
  return Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => data[row * width + column] ?? Number.NaN),
  );
}

/** Corners of a band: along its upper end, and back along its lower one. */
export function cornersOf(series: unknown): number[][] {
  const { renderItem } = series as DrawnSeries;
  const api = { coord: (place: number[]) => place };
  return renderItem?.({ dataIndexInside: 0 }, api)?.shape.points ?? [];
}
