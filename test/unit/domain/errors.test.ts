import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ContrailError,
  ERROR_CATALOGUE,
  type ErrorCode,
  errorText,
  toContrailError,
} from '../../../src/domain/errors.ts';

const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

describe('the catalogue of errors', () => {
  it('has each code once, in capitals', () => {
    const source = readFileSync(new URL('../../../src/domain/errors.ts', import.meta.url), 'utf8');
    const written = [...source.matchAll(/^ {2}([A-Z_]+): \{/gm)].map((match) => match[1]);

    expect(written).toEqual(CODES);
    expect(new Set(written).size).toBe(written.length);
    for (const code of CODES) expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
  });

  it('says of each what it means, in another sentence', () => {
    const texts = CODES.map((code) => ERROR_CATALOGUE[code].text);

    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
  });
});

describe('an error', () => {
  it('carries code, class, subject, hint and cause, and both as one line', () => {
    const cause = new Error('why');
    const error = new ContrailError('RESULTS_MISSING', 'There are none.', { subject: 'x', hint: 'Look.', cause });

    expect(error).toMatchObject({
      name: 'ContrailError',
      code: 'RESULTS_MISSING',
      failureClass: 'content',
      subject: 'x',
      hint: 'Look.',
      exceptionType: 'ResultsMissingException',
      sentence: 'There are none. Look.',
      cause,
    });
    expect(new ContrailError('INTERNAL', 'No hint.').sentence).toBe('No hint.');
  });

  it('has the exception type that it is given', () => {
    expect(new ContrailError('ROWS_REFUSED', 'x', { exceptionType: 'Y' }).exceptionType).toBe('Y');
  });

  it('of ours stays itself; what is unknown is INTERNAL, an abort ABORTED', () => {
    const ours = new ContrailError('USAGE', 'x');

    expect(toContrailError(ours)).toBe(ours);
    expect(toContrailError(new TypeError('odd'))).toMatchObject({ code: 'INTERNAL', message: 'odd' });
    expect(toContrailError('text')).toMatchObject({ code: 'INTERNAL', message: 'text' });
    expect(toContrailError(AbortSignal.abort().reason)).toMatchObject({ code: 'ABORTED', failureClass: 'transient' });
  });

  it('behind an abort is the reason of the abort', () => {
    const reason = new ContrailError('COST_LIMIT', 'x');
    const abort = new Error('aborted', { cause: reason });
    abort.name = 'AbortError';

    expect(toContrailError(abort)).toBe(reason);
  });

  it('has a text, whatever was thrown', () => {
    expect([new Error('a'), 'b', undefined, 7].map(errorText)).toEqual(['a', 'b', 'undefined', '7']);
  });
});
