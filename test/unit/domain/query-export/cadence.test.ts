import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronProblem, lastTick, longestGapMs, nextTick } from '../../../../src/domain/query-export/cadence.ts';
import type { Cadence } from '../../../../src/domain/query-export/query-export.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const cron = (pattern: string): Cadence => ({ kind: 'cron', pattern });

describe('the ticks of a query', () => {
  it.each([
    ['0 3 * * *', '2026-01-13T04:30:00Z', '2026-01-13T03:00:00Z', '2026-01-14T03:00:00Z'],
    ['0 3 * * *', '2026-01-13T03:00:00Z', '2026-01-13T03:00:00Z', '2026-01-14T03:00:00Z'],
    ['0 3 * * *', '2026-01-13T02:59:59.999Z', '2026-01-12T03:00:00Z', '2026-01-13T03:00:00Z'],
    ['0 6 * * MON', '2026-01-13T00:00:00Z', '2026-01-12T06:00:00Z', '2026-01-19T06:00:00Z'],
    ['*/15 0-5 * * *', '2026-01-13T23:00:00Z', '2026-01-13T05:45:00Z', '2026-01-14T00:00:00Z'],
    ['0 0 29 2 *', '2026-01-13T00:00:00Z', '2024-02-29T00:00:00Z', '2028-02-29T00:00:00Z'],
    // Summer time begins in Europe on that night.
    ['30 2 * * *', '2026-03-29T12:00:00Z', '2026-03-29T02:30:00Z', '2026-03-30T02:30:00Z'],
  ])('are those of the pattern in UTC: %s at %s', (pattern, now, last, next) => {
    expect(lastTick(cron(pattern), at(now))).toBe(at(last));
    expect(nextTick(cron(pattern), at(now))).toBe(at(next));
  });

  it('are the same for all who ask between two of them', () => {
    const minutes = fc.integer({ min: 5, max: 31 * 24 * 60 });
    const time = fc.integer({ min: 0, max: at('2100-01-01') });
    const cadence: fc.Arbitrary<Cadence> = fc.oneof(
      minutes.map((each) => ({ kind: 'every' as const, everyMs: each * 60_000 })),
      fc.constantFrom('0 3 * * *', '*/7 * * * *', '0 0 1 * *', '0 0 * * 1-5').map(cron),
    );
    fc.assert(
      fc.property(cadence, time, (each, now) => {
        const last = lastTick(each, now) ?? Number.NaN;
        const next = nextTick(each, now) ?? Number.NaN;

        expect(last).toBeLessThanOrEqual(now);
        expect(next).toBeGreaterThan(now);
        expect(lastTick(each, next - 1)).toBe(last);
        expect(nextTick(each, last)).toBe(next);
      }),
      { numRuns: 50 },
    );
  });

  it('have a longest time between them', () => {
    expect(longestGapMs({ kind: 'every', everyMs: HOUR_MS }, 0)).toBe(HOUR_MS);
    expect(longestGapMs(cron('0 3 * * MON,TUE'), 0)).toBe(6 * 24 * HOUR_MS);
  });

  it.each([
    ['*/5 * * * *', undefined],
    ['0 3 * * *', undefined],
    ['0 3 29 2 *', undefined],
    ['0,4 3 * * *', 'comes more often than every five minutes'],
    ['0 3 31 2 *', 'never comes'],
    ['0 3 * *', 'does not have five fields'],
    ['@daily', 'does not have five fields'],
    ['0 3 * * FOO', expect.stringContaining('is not a cron pattern')],
  ])('are checked: %s', (pattern, problem) => {
    expect(cronProblem(pattern, 5 * 60_000)).toEqual(problem);
  });
});
