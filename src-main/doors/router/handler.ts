import { RPCHandler } from '@orpc/server/websocket';
import { z } from 'zod';
import { columnSerializers } from '#contract/columns.ts';
import type { createRouter } from './router.ts';

export type Handler = RPCHandler<Record<never, never>>;

export function createHandler(router: ReturnType<typeof createRouter>): Handler {
  return new RPCHandler(router, { customJsonSerializers: columnSerializers });
}

/** What a client of ours sends: a call of a method, or the end of one. Streams and files have no use here. */
const frameSchema = z.union([
  z.strictObject({
    i: z.string().min(1).max(64),
    p: z.strictObject({
      u: z
        .string()
        .max(200)
        .regex(/^\/[A-Za-z/]+$/),
      b: z.unknown(),
    }),
  }),
  z.strictObject({ i: z.string().min(1).max(64), t: z.literal(4), p: z.undefined().optional() }),
]);

/** Whether a text is something that a client of ours would send. */
export function isFrame(text: string): boolean {
  try {
    return frameSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
