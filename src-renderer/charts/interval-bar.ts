import type { CustomSeriesRenderItem } from 'echarts';

const capPx = 5;

/** An interval along one axis, closed by two short lines: data are its place on the other axis, low, high. */
function intervalAlong(axis: 'x' | 'y', lineWidth: number): CustomSeriesRenderItem {
  return (_params, api) => {
    const end = (value: number | string): number[] =>
      api.coord(axis === 'x' ? [value, api.value(0)] : [api.value(0), value]);
    const [x1 = 0, y1 = 0] = end(api.value(1));
    const [x2 = 0, y2 = 0] = end(api.value(2));
    const [capX, capY] = axis === 'x' ? [0, capPx] : [capPx, 0];
    const style = { stroke: String(api.visual('color')), lineWidth };
    const line = (fromX: number, fromY: number, toX: number, toY: number) => ({
      type: 'line' as const,
      shape: { x1: fromX, y1: fromY, x2: toX, y2: toY },
      style,
    });
    return {
      type: 'group',
      children: [
        line(x1, y1, x2, y2),
        line(x1 - capX, y1 - capY, x1 + capX, y1 + capY),
        line(x2 - capX, y2 - capY, x2 + capX, y2 + capY),
      ],
    };
  };
}

/** A standing interval: data are place, low, high. */
export const intervalBar = intervalAlong('y', 1.6);

/** A lying one: data are row, low, high. */
export const whisker = intervalAlong('x', 2);
