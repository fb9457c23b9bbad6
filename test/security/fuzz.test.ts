import { isContractProcedure } from '@orpc/contract';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorExitCodes, OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';
import { router, type RouterClient } from '#contract/router.ts';
import { contractVersion } from '#contract/version.ts';
import type { Core } from '#core/core.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import { builtPage, connectClient, serveCore } from '../support/served.ts';

const isSoak = process.env['OFFREC_SOAK'] === '1';
const callsPerMethod = isSoak ? 10_000 : 200;
const timeoutMs = isSoak ? 1_800_000 : 180_000;

interface Method {
  readonly noun: string;
  readonly verb: string;
  readonly fields: readonly string[];
}

/** All methods, with the names of their input's fields; those that take nothing have none. */
const methods: Method[] = Object.entries(router).flatMap(([noun, verbs]) =>
  Object.entries(verbs).flatMap(([verb, method]): Method[] => {
    if (!isContractProcedure(method)) return [];
    const { inputSchema } = method['~orpc'];
    if (inputSchema === undefined) return [{ noun, verb, fields: [] }];
    const schema = z.toJSONSchema(inputSchema as z.ZodType, {
      unrepresentable: 'any',
      io: 'input',
    });
    return [{ noun, verb, fields: Object.keys(schema.properties ?? {}) }];
  }),
);

/** Jobs start a process each: how they take bad input is for the importers' tests. */
function withoutJobs(core: Core): Core {
  const refuse = () => Promise.reject(new OffrecError('cancelled', 'Not now.'));
  const jobs = {
    import: refuse,
    guessMapping: refuse,
    checkLog: refuse,
    statistics: refuse,
    reference: refuse,
    verify: refuse,
  };
  const database = { check: refuse, backup: refuse, compact: refuse };
  return {
    ...core,
    datasets: { ...core.datasets, ...jobs },
    database: { ...core.database, ...database },
    inspect: refuse,
  };
}

const oddText = fc.constantFrom(
  '',
  'tiny',
  'storm',
  '../../../etc/passwd',
  '/etc/passwd',
  'C:\\windows',
  '\0',
  '__proto__',
  'constructor',
  "'; DROP TABLE runs; --",
  '%',
  '_',
  '\ud800',
  'x'.repeat(5000),
  '0123456789abcdef',
  'mbpo',
  'rTra',
  'created',
  'name: a\ndatasets: [tiny]\nmethods: [mbpo]\n',
  'a: &a [*a]',
  '['.repeat(5000),
);
const oddNumber = fc.constantFrom(
  -1,
  0,
  1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  NaN,
  Infinity,
  1e308,
);
const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });
const piece = fc.oneof(oddText, oddNumber, fc.boolean(), anything);
const value = fc.oneof(piece, fc.array(piece, { maxLength: 4 }), fc.dictionary(oddText, piece));

/** Mostly an object with the method's own fields, sometimes anything at all. */
function inputs(fields: readonly string[]): fc.Arbitrary<unknown> {
  const fitting = fc.record(Object.fromEntries(fields.map((field) => [field, value])), {
    requiredKeys: [],
  });
  return fc.oneof({ weight: 8, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

type Call = (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>;

/** Code of the error that a call ended with; null when it was answered. */
async function codeOf(call: Call, input: unknown): Promise<string | null> {
  const aborter = new AbortController();
  try {
    const output = await call(input, { signal: aborter.signal });
    if (typeof output !== 'object' || output === null || !('next' in output)) return null;
    const next = (output as AsyncIterator<unknown>).next();
    await Promise.race([next, delay(5)]);
    aborter.abort();
    await next;
    return null;
  } catch (error) {
    return fromRouterError(error).code;
  }
}

/** Whether a value can be written as a request at all. */
function isSendable(input: unknown): boolean {
  try {
    structuredClone(input);
    return true;
  } catch {
    return false;
  }
}

describe('calls with any input', () => {
  it.each(methods)(
    '$noun $verb answers or refuses in our words',
    async ({ noun, verb, fields }) => {
      const served = await serveCore(temporaryHome(), builtPage(), withoutJobs);
      const client = await connectClient(served);
      const nouns = client as unknown as Record<string, Record<string, Call>>;
      const call: Call = (input, options) => nouns[noun]![verb]!(input, options);
      const known = Object.keys(errorExitCodes).filter(
        (code) => code !== 'internal' && code !== 'host-gone',
      );
      await fc.assert(
        fc.asyncProperty(inputs(fields).filter(isSendable), async (input) => {
          const code = await codeOf(call, input);
          if (code !== null) expect(known).toContain(code);
        }),
        { numRuns: callsPerMethod },
      );
      const { system }: RouterClient = client;
      expect((await system.hello({ contract: contractVersion })).home).toBe(served.core.home.root);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
    timeoutMs,
  );
});
