import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MICROS_PER_DAY, parseTimestamp, timestampText } from '../../../src/domain/utc-time.ts';
import { errorsBound, errorsObjectName, errorsSourceVersion } from '../../../src/domain/errors-export.ts';

describe('errorsBound', () => {
  it.each([
    ['no analysis start: no bound', null, '2026-01-05', null],
    ['no enrollment end: the start', '2026-01-13T04:30:00Z', null, '2026-01-13T04:30:00Z'],
    ['cut to the minute', '2026-01-13T04:30:45.000500Z', null, '2026-01-13T04:30:00Z'],
    ['the running week', '2026-01-15T04:00:00Z', '2026-01-05', '2026-01-13T00:00:00Z'],
    ['the first week', '2026-01-07T04:00:00Z', '2026-01-05', '2026-01-06T00:00:00Z'],
    ['a week that starts at the start does not count', '2026-01-13T00:00:00Z', '2026-01-05', '2026-01-06T00:00:00Z'],
    ['the first week starts at the start', '2026-01-06T00:00:00Z', '2026-01-05', '2026-01-06T00:00:00Z'],
    ['enrollment goes on', '2026-01-13T04:30:30Z', '2026-02-01', '2026-01-13T04:30:00Z'],
  ])('is as the specification says: %s', (_, start, end, expected) => {
    const bound = errorsBound({ analysisStart: microsOf(start), enrollmentEnd: microsOf(end) });

    expect(bound === null ? null : timestampText(bound)).toBe(expected);
  });

  it('is what the loop of the specification finds', () => {
    const micros = fc.integer({ min: 0, max: 400 * MICROS_PER_DAY });
    fc.assert(
      fc.property(micros, fc.integer({ min: 0, max: 400 }), (analysisStart, day) => {
        const enrollmentEnd = day * MICROS_PER_DAY;

        const bound = errorsBound({ analysisStart, enrollmentEnd });

        expect(bound).toBe(boundByLoop(analysisStart, enrollmentEnd));
      }),
    );
  });
});

function boundByLoop(analysisStart: number, enrollmentEnd: number): number {
  let bound: number | undefined;
  for (let week = enrollmentEnd + MICROS_PER_DAY; week < analysisStart; week += 7 * MICROS_PER_DAY) bound = week;
  const chosen = bound ?? analysisStart;
  return chosen - (chosen % 60_000_000);
}

function microsOf(text: string | null): number | null {
  return text === null ? null : (parseTimestamp(text) ?? null);
}

describe('errorsObjectName', () => {
  it('turns every character outside letters, digits and underscore into an underscore', () => {
    expect(errorsObjectName('My-Slug.é😀')).toBe('errors/errors_My_Slug___.json');
  });
});

describe('errorsSourceVersion', () => {
  it('changes with the newest row, the count and the bound, and with nothing else', () => {
    const facts = { newest: '2026-01-13 04:30:00', rows: 2 };

    const version = errorsSourceVersion(facts, 5);

    expect(version).toMatch(/^f[0-9a-f]{16}$/);
    expect(errorsSourceVersion({ ...facts, newest: '2026-01-13T04:30:00.000Z' }, 5)).toBe(version);
    const changed = [
      errorsSourceVersion({ ...facts, newest: null }, 5),
      errorsSourceVersion({ ...facts, rows: 3 }, 5),
      errorsSourceVersion(facts, null),
    ];
    expect(new Set([version, ...changed]).size).toBe(4);
  });
});
