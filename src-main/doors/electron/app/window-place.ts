import { z } from 'zod';

export const windowPlaceSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(400).max(20_000),
  height: z.int().min(300).max(20_000),
  maximised: z.boolean(),
});
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of a window's top edge must be on a display that it can be taken hold of. */
const gripWidth = 100;
const gripHeight = 40;

export const firstSize = { width: 1360, height: 900 };

function overlap(fromA: number, sizeA: number, fromB: number, sizeB: number): number {
  return Math.min(fromA + sizeA, fromB + sizeB) - Math.max(fromA, fromB);
}

/**
 * Where a window opens: where it was, when its top edge lies on a display that is there now; otherwise in the middle
 * (null) with the size it had, no larger than the first display.
 */
export function placeOn(
  place: WindowPlace | null,
  displays: readonly Area[],
): { size: { width: number; height: number }; position: { x: number; y: number } | null } {
  const wanted = place ?? firstSize;
  const first = displays[0];
  const size = {
    width: Math.min(wanted.width, first?.width ?? wanted.width),
    height: Math.min(wanted.height, first?.height ?? wanted.height),
  };
  if (place === null) return { size, position: null };
  const isThere = displays.some(
    (display) =>
      overlap(place.x, place.width, display.x, display.width) >= gripWidth &&
      overlap(place.y, gripHeight, display.y, display.height) >= gripHeight,
  );
  return { size, position: isThere ? { x: place.x, y: place.y } : null };
}
