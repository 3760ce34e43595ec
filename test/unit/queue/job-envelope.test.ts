import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContrailError, ERROR_CATALOGUE, type ErrorCode } from '../../../src/domain/errors.ts';
import { failureText, readEnvelope, readFailure } from '../../../src/queue/job-envelope.ts';

const codes = fc.constantFrom<ErrorCode>(...(Object.keys(ERROR_CATALOGUE) as ErrorCode[]));
const sentences = fc.string({ unit: fc.constantFrom('A', 'z', '_', ':', ' ', '\n', '\u2028', 'é', '😀', '\0') });

describe('the envelope of a job', () => {
  it('is read with what it leaves out', () => {
    expect(readEnvelope({ payload: { step: 1 } })).toEqual({
      payload: { step: 1 },
      failedRounds: 0,
      crashesForgiven: 0,
    });
  });

  it('has no payload where the data are none of ours', () => {
    for (const data of [undefined, null, 'text', 7, [], { payload: 1, failedRounds: -1 }, { crashesForgiven: 'x' }]) {
      expect(readEnvelope(data)).toEqual({ payload: undefined, failedRounds: 0, crashesForgiven: 0 });
    }
  });
});

describe('the reason of a failed job', () => {
  it('is read back as class, code and sentence, whatever the sentence holds', () => {
    fc.assert(
      fc.property(codes, sentences, fc.nat(9), (code, message, failedRounds) => {
        const text = failureText(new ContrailError(code, message));
        expect(readFailure(text, readEnvelope({ payload: 1, failedRounds }))).toEqual({
          class: ERROR_CATALOGUE[code].class,
          code,
          message,
          rounds: failedRounds + 1,
        });
      }),
    );
  });

  it('holds the hint, and no more than 2,000 characters', () => {
    const text = failureText(new ContrailError('ACCESS_DENIED', 'a'.repeat(3_000), { hint: 'Ask.' }));

    expect(failureText(new ContrailError('ACCESS_DENIED', 'No.', { hint: 'Ask.' }))).toBe('ACCESS_DENIED: No. Ask.');
    expect(text).toBe(`ACCESS_DENIED: ${'a'.repeat(2_000)}`);
  });

  it('counts as INTERNAL where somebody else wrote it', () => {
    for (const reason of ['job stalled more than allowable limit', 'NO_CODE_OF_OURS: text', 'toString: text', '']) {
      expect(readFailure(reason, readEnvelope({}))).toEqual({
        class: 'transient',
        code: 'INTERNAL',
        message: reason,
        rounds: 1,
      });
    }
  });
});
