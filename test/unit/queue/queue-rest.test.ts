import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  afterRefusal,
  afterSuccess,
  REST_LIMITS,
  restDelaysMs,
  throttledForMs,
  type Throttling,
} from '../../../src/queue/queue-rest.ts';

const POLICY = { firstDelayMs: 1_000, longestDelayMs: 30_000 };
const DELAYS = restDelaysMs(POLICY, 1);
const MINUTE_MS = 60_000;

it.each([
  [POLICY, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]],
  [{ firstDelayMs: 5, longestDelayMs: 5 }, [5]],
  [{ firstDelayMs: 10, longestDelayMs: 5 }, [5]],
])('knows the rests of %j, from the first to the longest', (policy, delays) => {
  expect(restDelaysMs(policy, 1)).toEqual(delays);
});

it('counts throttling without a break while a service refuses every other attempt', () => {
  let throttling: Throttling | undefined;
  for (let minute = 0; minute <= 20; minute++) {
    const now = minute * MINUTE_MS;
    throttling = afterRefusal(throttling, { ranMs: 0, delaysMs: DELAYS, now }).throttling;
    throttling = afterSuccess(throttling, { ranMs: 0, now: now + MINUTE_MS / 2 });
  }

  expect(throttledForMs(throttling, 20 * MINUTE_MS)).toBe(20 * MINUTE_MS);
});

it('is over two minutes after the last refusal, once an attempt succeeded', () => {
  const { throttling } = afterRefusal(undefined, { ranMs: 0, delaysMs: DELAYS, now: 0 });

  const after = afterSuccess(throttling, { ranMs: 0, now: MINUTE_MS });

  expect(throttledForMs(after, REST_LIMITS.calmMs - 1)).toBe(REST_LIMITS.calmMs - 1);
  expect(throttledForMs(after, REST_LIMITS.calmMs)).toBe(0);
});

it('never ends a rest earlier than an earlier refusal did, and never takes a lone refusal for a quarter of an hour', () => {
  const step = fc.record({
    passedMs: fc.nat(20 * MINUTE_MS),
    ranMs: fc.nat(30 * MINUTE_MS),
    isRefused: fc.boolean(),
  });

  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now = 0;
      let throttling: Throttling | undefined;
      for (const { passedMs, ranMs, isRefused } of steps) {
        now += passedMs;
        const before = throttling;
        if (isRefused) throttling = afterRefusal(throttling, { ranMs, delaysMs: DELAYS, now }).throttling;
        else if (throttling !== undefined) throttling = afterSuccess(throttling, { ranMs, now });
        if (before !== undefined && now < before.restsUntil) {
          expect(throttling?.restsUntil).toBeGreaterThanOrEqual(before.restsUntil);
        }
        const sinceRefusal = now - (throttling?.refusedAt ?? 0);
        if (sinceRefusal >= 10 * MINUTE_MS) expect(throttledForMs(throttling, now)).toBe(0);
      }
    }),
  );
});
