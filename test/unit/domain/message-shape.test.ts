import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageShape } from '../../../src/domain/message-shape.ts';

describe('the shape of a message', () => {
  it.each([
    ['numbers', '182 of 906 rows (20.1 %, limit 10%) failed', '7 of 1,234 rows (0.5 %, limit 25%) failed'],
    ['quoted text', 'column `segment` is "null"', "column 'metric' is “missing”"],
    ['dates and times', 'no rows since 2026-01-15', 'no rows since 2025-12-01T10:00:00.123Z'],
    ['hexadecimal digits', 'job 1f0c9e77a0 was lost', 'job 6fa459ea-ee8a-3ca4-894e-db77e160355e was lost'],
    ['slugs', 'search-result-de-duplication has no branch', 'my-first-slug has no branch'],
    ['tables', 'no table statistics_my_slug_weekly', 'no table proj-1:mozanalysis.statistics_other_day_1'],
    ['lengths of lists', 'missing: 1, 2, 3', 'missing: 7'],
    ['letter case and blanks', 'Permission  denied', 'permission denied'],
  ])('ignores %s', (_what, one, other) => {
    expect(messageShape(one)).toBe(messageShape(other));
  });

  it.each([
    ['Permission denied on mozanalysis', 'permission denied on mozanalysis'],
    ["It doesn't exist, and won't", "it doesn't exist, and won't"],
    ['182 of 906 rows have a null segment', '… of … rows have a null segment'],
    ['re-run the well-known metric search_count', 're-run the well-known metric search_count'],
    ['deadbeef facade decade', 'deadbeef facade decade'],
    ['', ''],
  ])('keeps the words of %j', (message, shape) => {
    expect(messageShape(message)).toBe(shape);
  });

  it('ignores names that are known to occur', () => {
    expect(messageShape('my-slug weekly: refused', ['my-slug'])).toBe(messageShape('a+b weekly: refused', ['a+b']));
    expect(messageShape('a weekly failed', ['a'])).toBe('… weekly failed');
  });

  it('has at most 200 characters, and none is cut in two', () => {
    const shape = messageShape('😀'.repeat(500));

    expect(Array.from(shape)).toHaveLength(200);
    expect(shape.isWellFormed()).toBe(true);
  });

  it('has no digits left, whatever the message, and is found in no time', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 300 }), (message) => {
        expect(messageShape(message)).not.toMatch(/(?<![\p{L}\p{N}_])\d/u);
      }),
    );
    for (const part of ['-a', '_a', 'a.', '1,', '`', '…,', 'f1']) messageShape(part.repeat(1_000));
  });
});
