import { describe, expect, it } from 'vitest';
import { dayCounts, type EndedRun, hourCounts } from '../../../../src/web/pages/health/throughput.ts';
import { usualRange } from '../../../../src/web/pages/health/usual.ts';

const NOW = Date.parse('2026-01-15T12:34:00Z');
const run = (time: string, end: EndedRun['end'] = 'published') => ({ finishedAt: Date.parse(time), end });

describe('the throughput', () => {
  it('has every hour of seven days, also those in which nothing ended', () => {
    const hours = hourCounts([], NOW);

    expect(hours).toHaveLength(168);
    expect(hours.every(({ published, failed }) => published + failed === 0)).toBe(true);
    expect(new Date(hours[0]?.at ?? 0).toISOString()).toBe('2026-01-08T13:00:00.000Z');
    expect(new Date(hours.at(-1)?.at ?? 0).toISOString()).toBe('2026-01-15T12:00:00.000Z');
  });

  it('counts runs in the hour in which they ended, and leaves out older and future ones', () => {
    const runs = [
      run('2026-01-15T12:00:00Z'),
      run('2026-01-15T12:33:00Z'),
      run('2026-01-15T11:59:59.999Z', 'failed'),
      run('2026-01-08T12:59:00Z'),
      run('2026-01-15T13:00:00Z'),
      { finishedAt: Number.NaN, end: 'failed' as const },
    ];

    const hours = hourCounts(runs, NOW);

    expect(hours.slice(-2)).toEqual([
      { at: Date.parse('2026-01-15T11:00:00Z'), published: 0, failed: 1 },
      { at: Date.parse('2026-01-15T12:00:00Z'), published: 2, failed: 0 },
    ]);
    expect(hours.reduce((sum, { published, failed }) => sum + published + failed, 0)).toBe(3);
  });

  it('adds the hours up by day, newest first', () => {
    const days = dayCounts(hourCounts([run('2026-01-15T01:00:00Z'), run('2026-01-14T23:00:00Z', 'failed')], NOW));

    expect(days).toHaveLength(8);
    expect(days.slice(0, 2)).toEqual([
      { day: '2026-01-15', published: 1, failed: 0 },
      { day: '2026-01-14', published: 0, failed: 1 },
    ]);
  });
});

describe('what is usual', () => {
  it('is nothing before there are seven days', () => {
    expect(usualRange([1, 2, 3, 4, 5, 6])).toBeUndefined();
  });

  it('lies between the 10th and the 90th percentile', () => {
    expect(usualRange([10, 0, 9, 1, 8, 2, 7, 3, 6, 4, 5])).toEqual({ low: 1, high: 9, days: 11 });
    expect(usualRange(Array(7).fill(3))).toEqual({ low: 3, high: 3, days: 7 });
  });
});
