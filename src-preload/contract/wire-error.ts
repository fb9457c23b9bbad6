import { z } from 'zod';
import { errorExitCodes, type ErrorCode, type WireError } from './errors.ts';

const codes = Object.keys(errorExitCodes) as [ErrorCode, ...ErrorCode[]];

/** Checks an error that another process sent. */
export const wireErrorSchema = z.object({
  code: z.enum(codes),
  message: z.string().max(4000),
  where: z.string().max(1000).optional(),
  hint: z.string().max(2000).optional(),
}) satisfies z.ZodType<WireError>;
