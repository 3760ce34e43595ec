import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelayMs, throttleDelayMs } from '../../../src/queue/backoff.ts';

const RETRY = { attempts: 6, firstDelayMs: 2_000, longestDelayMs: 60_000 };
const THROTTLE = { firstDelayMs: 1_000, longestDelayMs: 30_000 };
const almostOne = 1 - Number.EPSILON;
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before a retry', () => {
  it('may grow twice as long with each failed attempt, up to the longest', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7].map((failed) => Math.ceil(backoffDelayMs(RETRY, failed, almostOne)));

    expect(longest.map((delayMs) => delayMs + 1)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is spread over the whole of it, so that jobs that failed together come back apart', () => {
    const delays = [0.25, 0.5, 0.75].map((random) => backoffDelayMs(RETRY, 2, random));

    expect(delays).toEqual([1_000, 2_000, 3_000]);
  });

  it('is a whole number of milliseconds, never nothing and never more than the longest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), chance, (failed, random) => {
        const delayMs = backoffDelayMs(RETRY, failed, random);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(1);
        expect(delayMs).toBeLessThanOrEqual(RETRY.longestDelayMs);
      }),
    );
  });
});

describe('the rest of a throttled queue', () => {
  it('doubles with each refusal in a row, up to the longest', () => {
    const shortest = [1, 2, 3, 4, 5, 6, 7].map((refusals) => throttleDelayMs(THROTTLE, refusals, 0));

    expect(shortest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it('is at least half of it, and never more than the longest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), chance, (refusals, random) => {
        const cap = Math.min(THROTTLE.longestDelayMs, THROTTLE.firstDelayMs * 2 ** (refusals - 1));
        const delayMs = throttleDelayMs(THROTTLE, refusals, random);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(cap / 2));
        expect(delayMs).toBeLessThanOrEqual(cap);
      }),
    );
  });
});
