import { expect, it } from 'vitest';
import { countSkipped, lackingAsJson, lackingLines, skippedText } from '../../../../src/cli/backfill/skipped-files.ts';
import type { SkippedFile } from '../../../../src/producer/product-plan.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const PUBLISHED = Date.parse('2026-01-08T12:00:00Z');

const WEEKLY = { product: 'statistics', experiment: 'alpha', period: 'weekly' } as const;
const skipped: SkippedFile[] = [
  { product: 'errors', experiment: 'alpha', reason: 'current' },
  { product: 'metadata', experiment: 'alpha', reason: 'current' },
  {
    ...WEEKLY,
    reason: 'source gone',
    lacking: { kind: 'gone', since: NOW - 3 * 3_600_000, publishedAt: PUBLISHED },
  },
  {
    ...WEEKLY,
    period: 'daily',
    reason: 'rebuilding: days 1, 2 of 6',
    lacking: { kind: 'rebuilding', since: undefined, publishedAt: PUBLISHED, windows: 'days 1, 2 of 6' },
  },
];

it('counts files whose source lacks tables apart from current ones', () => {
  expect(countSkipped({ skipped })).toEqual({ current: 2, gone: 1, rebuilding: 1 });
  expect(skippedText({ skipped })).toBe('2 current, 1 gone, 1 rebuilding');
  expect(skippedText({ skipped: [] })).toBe('0 current');
});

it('names these files, and what stays published', () => {
  expect(lackingLines({ skipped }, NOW)).toEqual([
    'gone: alpha weekly: deleted 3 h ago, file of 8 Jan 2026 stays',
    'rebuilding: alpha daily: days 1, 2 of 6',
  ]);
  expect(lackingAsJson({ skipped }, NOW)).toEqual([
    { ...WEEKLY, state: 'gone', detail: 'deleted 3 h ago, file of 8 Jan 2026 stays' },
    { ...WEEKLY, period: 'daily', state: 'rebuilding', detail: 'days 1, 2 of 6' },
  ]);
});

it('names a view without tables and without a file', () => {
  const lacking = { kind: 'gone', since: undefined, publishedAt: undefined } as const;
  expect(lackingLines({ skipped: [{ ...WEEKLY, reason: 'source gone', lacking }] }, NOW)).toEqual([
    'gone: alpha weekly',
  ]);
});
