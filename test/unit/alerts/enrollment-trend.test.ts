import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enrollmentTrend } from '../../../src/alerts/enrollment-trend.ts';

const total = (day: string, enrolled: number, unenrolled = 0) => ({ day, enrolled, unenrolled });

describe('enrollmentTrend', () => {
  it('is what was added on each day', () => {
    const trend = enrollmentTrend([
      total('2026-01-03', 130, 4),
      total('2026-01-01', 100, 1),
      total('2026-01-02', 130, 1),
    ]);

    expect(trend).toEqual([
      { day: '2026-01-02', enrolled: 30, unenrolled: 0, reason: null },
      { day: '2026-01-03', enrolled: 0, unenrolled: 3, reason: null },
    ]);
  });

  it('is unknown where a file is missing, and on the day after', () => {
    const trend = enrollmentTrend([total('2026-01-01', 100), total('2026-01-03', 140), total('2026-01-04', 150)]);

    expect(trend.map(({ day, enrolled, reason }) => [day, enrolled, reason])).toEqual([
      ['2026-01-02', null, 'there is no file of this day'],
      ['2026-01-03', null, 'there is no file of the day before'],
      ['2026-01-04', 10, null],
    ]);
  });

  it('is unknown where the total fell', () => {
    const [day] = enrollmentTrend([total('2026-01-01', 100), total('2026-01-02', 90)]);

    expect(day).toEqual({
      day: '2026-01-02',
      enrolled: null,
      unenrolled: null,
      reason: 'the total is lower than on the day before',
    });
  });

  it('has nothing to say of fewer than two days', () => {
    expect([enrollmentTrend([]), enrollmentTrend([total('2026-01-01', 5)])]).toEqual([[], []]);
  });

  it('never has more than 28 days, whatever the days', () => {
    const day = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(day, fc.nat(), fc.nat()), { maxLength: 29 }), (days) => {
        const totals = days.map(([at, enrolled, unenrolled]) =>
          total(at.toISOString().slice(0, 10), enrolled, unenrolled),
        );
        expect(enrollmentTrend(totals).length).toBeLessThanOrEqual(28);
      }),
    );
  });
});
