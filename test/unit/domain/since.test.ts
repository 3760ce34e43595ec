import { describe, expect, it } from 'vitest';
import { parseSince } from '../../../src/domain/since.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');

describe('parseSince', () => {
  it.each([
    ['30m', '2026-01-15T11:30:00Z'],
    ['2h', '2026-01-15T10:00:00Z'],
    ['3d', '2026-01-12T12:00:00Z'],
    ['1w', '2026-01-08T12:00:00Z'],
    [' 2h ', '2026-01-15T10:00:00Z'],
    ['2026-01-14', '2026-01-14T00:00:00Z'],
    ['2026-01-14T10:00Z', '2026-01-14T10:00:00Z'],
    ['2026-01-14T10:00+02:00', '2026-01-14T08:00:00Z'],
  ])('reads %s', (text, time) => {
    expect(parseSince(text, NOW)).toBe(Date.parse(time));
  });

  it.each(['', '2', 'h', '2x', '-2h', '2.5h', '2026-02-30', 'yesterday', '1234567m'])('refuses %j', (text) => {
    expect(() => parseSince(text, NOW)).toThrow(/is not a time/);
  });

  it('refuses a time that has not come yet', () => {
    expect(() => parseSince('2026-01-16', NOW)).toThrow(/has not come yet/);
  });
});
