import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorExitCodes, readWireError } from '#contract/errors.ts';
import { wireErrorSchema } from '#contract/wire-error.ts';

describe('an error that came over a line', () => {
  const text = fc.oneof(fc.string({ maxLength: 50 }), fc.constant(undefined), fc.integer());
  const record = fc.record(
    {
      code: fc.oneof(fc.constantFrom(...Object.keys(errorExitCodes), 'toString'), fc.string()),
      message: fc.oneof(fc.string({ maxLength: 50 }), fc.constant(null)),
      where: text,
      hint: text,
    },
    { requiredKeys: [] },
  );

  it('is read without schemas exactly where the schema lets it through', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: record }, fc.anything()), (value) => {
        const { success, data } = wireErrorSchema.safeParse(value);
        expect(readWireError(value)).toEqual(success ? data : null);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});
