import { describe, expect, it } from 'vitest';
import { retryRequestOf } from '../../../../src/cli/retry/options.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');

describe('options of retry', () => {
  it('look at the last day, and at all experiments, unless told otherwise', () => {
    expect(retryRequestOf([], { failed: true }, NOW)).toEqual({ slugs: [], since: NOW - 86_400_000 });
    expect(retryRequestOf(['a'], { failed: true, experiment: ['b'], since: '2h' }, NOW)).toEqual({
      slugs: ['a', 'b'],
      since: NOW - 7_200_000,
    });
  });

  it.each([
    [[], {}, /retry --failed/],
    [['my-slug'], {}, /retry --failed/],
    [[''], { failed: true as const }, /slug is empty/],
    [[], { failed: true as const, experiment: [' '] }, /slug is empty/],
    [[], { failed: true as const, since: 'soon' }, /is not a time/],
  ])('refuse %j with %j', (slugs, options, sentence) => {
    expect(() => retryRequestOf(slugs, options, NOW)).toThrow(sentence);
  });
});
