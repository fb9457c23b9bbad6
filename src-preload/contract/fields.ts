import { z } from 'zod';
import { limits, type JsonValue } from './limits.ts';
import { runIdSchema } from './names.ts';

/** A path on the core's machine. */
export const pathSchema = z
  .string()
  .min(1)
  .max(limits.pathCharacters)
  .refine((path) => !path.includes('\0'), 'a path holds no NUL character');

export const metricNameSchema = z.string().min(1).max(200);
export const tagSchema = z.string().trim().min(1).max(80);
export const labelSchema = z.string().min(1).max(120);
export const prioritySchema = z.number().int().min(-100).max(100);
export const runIdsSchema = z.array(runIdSchema).min(1).max(limits.runsAtOnce);
export const countSchema = z.number().int().nonnegative();

/** Plain JSON of bounded depth and size: finite numbers, no foreign objects, no name that is a prototype's. */
function isBoundedJson(root: unknown): root is JsonValue {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    seen++;
    if (typeof value === 'number' && !Number.isFinite(value)) return false;
    if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) continue;
    const inner = innerValues(value);
    if (inner === null || depth >= limits.jsonDepth) return false;
    if (seen + open.length + inner.length > limits.jsonValues) return false;
    for (const each of inner) open.push({ value: each, depth: depth + 1 });
  }
  return true;
}

function innerValues(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  return Object.hasOwn(value, '__proto__') ? null : Object.values(value);
}

export const jsonValueSchema = z.custom<JsonValue>(
  isBoundedJson,
  `plain JSON with finite numbers, at most ${String(limits.jsonDepth)} levels deep`,
);

/** Settings by name: the values are checked by whoever they are for. */
export const settingsSchema = z.custom<Readonly<Record<string, JsonValue>>>(
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && isBoundedJson(value),
  'a map of plain JSON values with finite numbers',
);
