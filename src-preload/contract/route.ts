import { oc } from '@orpc/contract';
import { errorExitCodes, type ErrorCode } from './errors.ts';
import { wireErrorSchema } from './wire-error.ts';

const detailsSchema = wireErrorSchema.pick({ where: true, hint: true });
const codes = Object.keys(errorExitCodes) as ErrorCode[];

/** Every method may answer with any of our errors: `code` is ours, `data` says where and what to do. */
const errorMap = Object.fromEntries(codes.map((code) => [code, { data: detailsSchema }])) as Record<
  ErrorCode,
  { data: typeof detailsSchema }
>;

/** Where every method of the router begins. */
export const route = oc.errors(errorMap);
