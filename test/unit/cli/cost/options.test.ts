import { describe, expect, it } from 'vitest';
import { dayAsked, groupingOf } from '../../../../src/cli/cost/options.ts';

// Already the 16th in Auckland, still the 15th in UTC.
const NOW = Date.parse('2026-01-15T23:30:00Z');

describe('options of cost', () => {
  it('take a day in UTC, by number or by name', () => {
    const days = ['2026-01-14', 'yesterday', 'today', '2026-01-15'].map((date) => dayAsked({ date }, NOW));

    expect(days).toEqual(['2026-01-14', '2026-01-14', '2026-01-15', '2026-01-15']);
    expect(dayAsked({}, NOW)).toBeUndefined();
  });

  it.each([
    ['2026-01-16', /2026-01-16 has not come yet: in UTC, today is 2026-01-15/],
    ['2026-02-30', /"2026-02-30" is not a day/],
    ['14.1.2026', /is not a day/],
    ['', /is not a day/],
    ["2026-01-14'; DROP TABLE x", /is not a day/],
  ])('refuse the day %j', (date, sentence) => {
    expect(() => dayAsked({ date }, NOW)).toThrow(sentence);
  });

  it('suggest what is nearest to a mistyped word', () => {
    const hintOf = (read: () => unknown): string | undefined => {
      try {
        read();
        return undefined;
      } catch (error) {
        return error instanceof Error && 'hint' in error ? String(error.hint) : undefined;
      }
    };

    expect(hintOf(() => dayAsked({ date: 'yesteday' }, NOW))).toContain('Did you mean yesterday?');
    expect(hintOf(() => groupingOf({ by: 'experimnet' }))).toContain('Did you mean experiment?');
    expect(hintOf(() => groupingOf({ by: '' }))).toBe('--by takes experiment, kind, table.');
  });
});
