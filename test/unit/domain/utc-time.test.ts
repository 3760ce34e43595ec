import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dateText,
  dayOf,
  daysBetween,
  floorTo,
  MICROS_PER_DAY,
  parseDate,
  parseTimestamp,
  timestampText,
} from '../../../src/domain/utc-time.ts';

describe('parseTimestamp', () => {
  it.each([
    ['2026-01-15', '2026-01-15T00:00:00Z'],
    ['2026-01-15T12:30', '2026-01-15T12:30:00Z'],
    ['2026-01-15 12:30:01', '2026-01-15T12:30:01Z'],
    ['2026-01-15 12:30:01 UTC', '2026-01-15T12:30:01Z'],
    ['2026-01-15T12:30:01.5Z', '2026-01-15T12:30:01.500000Z'],
    ['2026-01-15T12:30:01.000001+00', '2026-01-15T12:30:01.000001Z'],
    ['2026-01-15T12:30:01.123456789Z', '2026-01-15T12:30:01.123456Z'],
    ['2025-12-31T23:30:00-05:00', '2026-01-01T04:30:00Z'],
    ['2026-01-15T00:00:00+0530', '2026-01-14T18:30:00Z'],
    ['1969-12-31T23:59:59.9Z', '1969-12-31T23:59:59.900000Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(timestampText(parseTimestamp(text) ?? NaN)).toBe(expected);
  });

  it.each([
    '',
    '20260115',
    '2026-1-15',
    '31/12/2025',
    '2025-02-30',
    '2025-13-01',
    '0000-01-01',
    '2026-01-15T24:00',
    '2026-01-15T12:60',
    '2026-01-15T12:00:60',
    '2026-01-15T',
    '2026-01-15Z',
    '2026-01-15T12:00:00+24:00',
    '0001-01-01T00:00:00+01:00',
    ' 2026-01-15',
    '2026-01-15\n',
  ])('does not read %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads back what timestampText wrote, to the microsecond', () => {
    const micros = fc.integer({ min: -30_000_000_000_000_000, max: 9_000_000_000_000_000 });
    fc.assert(
      fc.property(micros, (time) => {
        expect(parseTimestamp(timestampText(time))).toBe(time);
        expect(parseDate(dateText(time))).toBe(floorTo(time, MICROS_PER_DAY));
      }),
    );
  });
});

describe('days', () => {
  it('are counted on the calendar', () => {
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
    expect(daysBetween('2026-01-15', '2026-01-14')).toBe(-1);
    expect(daysBetween('2026-01-15', 'soon')).toBeUndefined();
    expect(dayOf(Date.parse('2026-01-15T23:59:59.999Z'))).toBe('2026-01-15');
  });
});
