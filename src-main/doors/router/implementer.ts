import { implement } from '@orpc/server';
import { router } from '#contract/router.ts';
import { asRouterError } from './answers.ts';

/** The contract, waiting for its handlers. Whatever one of them throws leaves as a value with one of our codes. */
export const implementer = implement(router).use(async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    throw asRouterError(error);
  }
});

export type RouteImplementer = typeof implementer;
