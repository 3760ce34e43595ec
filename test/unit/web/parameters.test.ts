import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addressOf, PageNumber, ParameterProblem, readParameters, SearchText } from '../../../src/web/parameters.ts';
import { RANGE_PARAMETERS, timeRange } from '../../../src/web/time-range.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const Schema = z.object({
  ...RANGE_PARAMETERS,
  outcome: z.enum(['failed', 'published']).optional(),
  q: SearchText,
  page: PageNumber,
});

function problemOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ParameterProblem)) throw error;
    return [error.parameter, error.message, error.allowed];
  }
}

describe('parameters of a page', () => {
  it('are read by their schema; empty ones are absent', () => {
    expect(readParameters(Schema, { outcome: 'failed', q: ' a ', page: '3', range: '' })).toEqual({
      outcome: 'failed',
      q: 'a',
      page: 3,
    });
  });

  it.each([
    [{ outcome: 'odd' }, 'outcome', 'The parameter "outcome" cannot be "odd".', 'Allowed: failed, published.'],
    [{ page: '0' }, 'page', 'The parameter "page" cannot be "0".', 'Allowed: a page number from 1.'],
    [{ q: ['a', 'b'] }, 'q', 'The parameter "q" is given more than once.', 'Give it once.'],
    [
      { outcom: 'failed' },
      'outcom',
      'There is no parameter "outcom" here. Did you mean outcome?',
      'Known here: range, from, to, outcome, q, page.',
    ],
    [
      { from: '2026-02-31' },
      'from',
      'The parameter "from" cannot be "2026-02-31".',
      'Allowed: a day or time in UTC, such as 2026-01-15 or 2026-01-15T12:00:00Z.',
    ],
    [{ __proto__x: '1' }, '__proto__x', expect.stringContaining('no parameter'), expect.anything()],
  ])('%j are refused, naming the parameter and what is allowed', (query, parameter, message, allowed) => {
    expect(problemOf(() => readParameters(Schema, query))).toEqual([parameter, message, allowed]);
  });

  it('of any kind end in values or in a refusal', { timeout: 30_000 }, () => {
    const name = fc.oneof(fc.constantFrom('range', 'from', 'to', 'outcome', 'q', 'page', '__proto__'), fc.string());
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()));
    fc.assert(
      fc.property(fc.dictionary(name, value), (query) => {
        expect(problemOf(() => timeRange(readParameters(Schema, query), NOW, '7d'))).toBeDefined();
      }),
    );
  });

  it('make addresses, without those that are absent', () => {
    expect(addressOf('/runs', { q: 'a b&c', page: 2, outcome: undefined, worker: '' }, 'list')).toBe(
      '/runs?q=a+b%26c&page=2#list',
    );
    expect(addressOf('/runs', {})).toBe('/runs');
  });
});

describe('a range of time', () => {
  it('that is relative ends now, and has an absolute address', () => {
    expect(timeRange({ range: '1d' }, NOW, '7d')).toEqual({
      from: NOW - 86_400_000,
      to: NOW,
      name: '1d',
      absolute: { from: '2026-01-14T12:00:00Z', to: '2026-01-15T12:00:00Z' },
    });
    expect(timeRange({}, NOW, '7d').name).toBe('7d');
  });

  it('that is absolute does not include its end', () => {
    const parameters = readParameters(Schema, { from: '2026-01-01', to: '2026-01-02T06:00Z' });
    expect(timeRange(parameters, NOW, '7d')).toMatchObject({
      from: Date.parse('2026-01-01T00:00:00Z'),
      to: Date.parse('2026-01-02T06:00:00Z'),
      name: undefined,
    });
  });

  it.each([
    [{ range: '7d', from: '2026-01-01' }, 'from'],
    [{ to: '2026-01-01' }, 'from'],
    [{ from: '2026-01-02', to: '2026-01-02' }, 'to'],
    [{ from: '2020-01-01', to: '2026-01-02' }, 'from'],
  ])('%j is refused', (query, parameter) => {
    expect(problemOf(() => timeRange(readParameters(Schema, query), NOW, '7d'))).toEqual([
      parameter,
      expect.any(String),
      expect.any(String),
    ]);
  });
});
