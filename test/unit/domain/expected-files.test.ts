import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, expectedPeriods, isResultsWatchOver, type ResultFacts } from '../../../src/domain/expected-files.ts';
import { isRollingHoldback } from '../../../src/domain/rolling-holdback.ts';

const NOW = Date.parse('2026-06-29T22:00:00Z');

const ORDINARY: ResultFacts = {
  startDate: '2026-06-01',
  endDate: null,
  enrollmentEndDate: '2026-06-08',
  proposedEnrollment: 7,
  proposedDuration: 84,
  isRollout: false,
  isHoldback: false,
  doRerun: false,
  isLeftOut: false,
};

const ROLLING = { isHoldback: true, endDate: '2026-06-29', enrollmentEndDate: '2026-06-08' };

describe('the expected files', () => {
  it.each([
    [{}, ['daily', 'weekly']],
    [{ startDate: '2026-06-29' }, []],
    [{ startDate: null }, []],
    [{ isLeftOut: true }, []],
    [{ isLeftOut: true, doRerun: true, endDate: '2026-06-27' }, []],
    [{ doRerun: true }, []],
    [{ doRerun: true, endDate: '2026-06-28' }, []],
    [{ doRerun: true, endDate: '2026-06-27' }, ['overall']],
    [{ doRerun: true, endDate: '2026-07-10' }, []],
    [ROLLING, []],
    [{ ...ROLLING, doRerun: true }, []],
    // The list of experiments may be a day old, but not two.
    [{ ...ROLLING, endDate: '2026-06-28', enrollmentEndDate: '2026-06-07' }, []],
    [{ ...ROLLING, endDate: '2026-06-27', enrollmentEndDate: '2026-06-06' }, ['daily', 'weekly', 'overall']],
    [{ ...ROLLING, enrollmentEndDate: '2026-06-09' }, ['daily', 'weekly']],
  ])('of an experiment with %j are %j', (parts, expected) => {
    expect(expectedPeriods({ ...ORDINARY, ...parts }, NOW)).toEqual(expected);
  });

  it.each([
    [{ endDate: '2026-06-26' }, false],
    [{ endDate: '2026-06-25' }, true],
    [{ proposedDuration: 25 }, false],
    [{ proposedDuration: 24 }, true],
    [{ proposedDuration: Number.MAX_SAFE_INTEGER }, false],
    [{ proposedDuration: null }, false],
    [ROLLING, false],
  ])('with %j are no longer watched from the fourth day after the end: %j', (parts, isOver) => {
    expect(isResultsWatchOver({ ...ORDINARY, ...parts }, NOW)).toBe(isOver);
  });

  it('is one answer for a whole day, and never throws', () => {
    const day = fc.option(fc.constantFrom('2026-06-01', '2026-06-08', '2026-06-27', '2026-06-29', '2026-07-01', 'odd'));
    const days = fc.maxSafeInteger();
    const any = fc.record({
      startDate: day,
      endDate: day,
      enrollmentEndDate: day,
      proposedEnrollment: days,
      proposedDuration: fc.option(days),
      isRollout: fc.boolean(),
      isLeftOut: fc.boolean(),
      isHoldback: fc.boolean(),
      doRerun: fc.boolean(),
    });

    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 86_399_999 }), (found, timeOfDay) => {
        const midnight = Date.parse('2026-06-29T00:00:00Z');
        const now = midnight + timeOfDay;

        expect(expectedPeriods(found, now)).toEqual(expectedPeriods(found, midnight));
        expect(isResultsWatchOver(found, now)).toBe(isResultsWatchOver(found, midnight));
        if (isRollingHoldback(found, now)) expect(expectedPeriods(found, now)).toEqual([]);
      }),
    );
  });
});

it.each([
  ['2026-06-01', 30, '2026-07-01'],
  ['2026-06-01', -11, '2026-05-21'],
  ['2026-06-01', Number.MAX_SAFE_INTEGER, null],
  ['2026-06-01', 3_000_000, null],
  [null, 3, null],
])('%j plus %j days is %j', (day, days, sum) => {
  expect(addDays(day, days)).toBe(sum);
});
