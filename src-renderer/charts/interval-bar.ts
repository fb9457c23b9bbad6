import type { CustomSeriesRenderItem } from 'echarts';

const capPx = 5;

/** A standing interval, closed at both ends: data are place, low, high. */
export const intervalBar: CustomSeriesRenderItem = (_params, api) => {
  const place = api.value(0);
  const [x = 0, bottom = 0] = api.coord([place, api.value(1)]);
  const [, top = 0] = api.coord([place, api.value(2)]);
  const style = { stroke: String(api.visual('color')), lineWidth: 1.6 };
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line' as const,
    shape: { x1, y1, x2, y2 },
    style,
  });
  return {
    type: 'group',
    children: [
      line(x, bottom, x, top),
      line(x - capPx, bottom, x + capPx, bottom),
      line(x - capPx, top, x + capPx, top),
    ],
  };
};
