import { z } from 'zod';

/** Names that become folders: no separators, no leading dot, so that none can leave its parent. */
export const nameSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, dot, dash and underscore; starts with a letter or digit',
  );

/** A run's identifier: 16 lower-case hexadecimal characters. */
export const runIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** SHA-256 in hexadecimal. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
