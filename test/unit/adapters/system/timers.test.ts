import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep, startTimer, timeout } from '../../../../src/adapters/system/timers.ts';

const DAY_MS = 86_400_000;

describe('waiting', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 30 * DAY_MS, 100 * DAY_MS])('lasts %i ms, no more and no less', async (ms) => {
    let hasEnded = false;
    void sleep(ms).then(() => (hasEnded = true));

    await vi.advanceTimersByTimeAsync(Math.max(ms - 1, 0));
    const early = hasEnded;
    await vi.advanceTimersByTimeAsync(1);

    expect([early, hasEnded]).toEqual([ms === 0, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never ends where there is no end', async () => {
    let hasEnded = false;
    void sleep(Number.POSITIVE_INFINITY).then(() => (hasEnded = true));

    await vi.advanceTimersByTimeAsync(400 * DAY_MS);

    expect(hasEnded).toBe(false);
  });

  it('rejects with the reason of the signal, and leaves no timer behind', async () => {
    const stopping = new AbortController();
    const waiting = sleep(30 * DAY_MS, stopping.signal);
    stopping.abort(new Error('enough'));

    await expect(waiting).rejects.toThrow('enough');
    await expect(sleep(1, stopping.signal)).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses a length that is no number', async () => {
    await expect(sleep(Number.NaN)).rejects.toThrow('NaN');
  });

  it('ends with a timer that is cancelled, also in its later parts', async () => {
    let calls = 0;
    const cancel = startTimer(60 * DAY_MS, () => (calls += 1));
    await vi.advanceTimersByTimeAsync(40 * DAY_MS);

    cancel();
    await vi.advanceTimersByTimeAsync(40 * DAY_MS);

    expect([calls, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('a deadline', () => {
  it.each([2 ** 31, 2 ** 32, 400 * DAY_MS, Number.POSITIVE_INFINITY])('of %d ms is not over at once', async (ms) => {
    const signal = timeout(ms);

    await sleep(20);

    expect(signal.aborted).toBe(false);
  });

  it('that is near ends as a timeout, also in fractions of a millisecond', async () => {
    const signal = timeout(0.5);

    await sleep(20);

    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});
