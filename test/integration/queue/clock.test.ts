/** BullMQ's clock decides what becomes of jobs, whatever ours tells. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

const HOUR_MS = 60 * 60_000;
const POLL = { timeout: 10_000, interval: 10 };

it.each([
  ['an hour ahead', HOUR_MS],
  ['an hour behind', -HOUR_MS],
])('keeps delays, snoozes, ages and limits with a clock of ours that is %s', async (_name, offMs) => {
  // Right at first; off as soon as the jobs are under way.
  let offsetMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + offsetMs };
  const retention = { completed: { ageMs: HOUR_MS / 2, count: 100 } };
  const { queue, kind, never, startPool, job, throttled } = makeQueueWorld({ clock, retention });
  const payload = { step: 1 };
  const before = systemClock.now();
  await queue.enqueue(kind.queue, [{ id: 'later', name: 'later', payload, delayMs: 50 }], never);
  await queue.enqueue(
    kind.queue,
    ['snoozed', 'throttled'].map((id) => ({ id, name: id, payload })),
    never,
  );
  const runs = new Map<string, number>();

  await startPool(
    async (_payload, { jobId }) => {
      const run = (runs.get(jobId) ?? 0) + 1;
      runs.set(jobId, run);
      offsetMs = offMs;
      if (jobId === 'snoozed' && run < 3) return { kind: 'snoozed', reason: 'not yet', delayMs: 20 };
      if (jobId === 'throttled' && run < 8) throw new ContrailError('THROTTLED', 'Slower, please.');
      return DONE;
    },
    { throttle: { firstDelayMs: 1, longestDelayMs: 2 }, throttleLimitMs: HOUR_MS / 2 },
  );
  for (const id of ['later', 'snoozed', 'throttled']) {
    await expect.poll(async () => (await job(id)).state, POLL).toBe('completed');
  }

  const jobs = await queue.find(kind.queue, ['later', 'snoozed', 'throttled'], never);
  const after = systemClock.now();
  expect(jobs.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  expect(throttled.told).toHaveLength(7);
  expect(Math.max(...throttled.told.map(({ forMs }) => forMs))).toBeLessThan(HOUR_MS / 2);
  for (const { enqueuedAt, finishedAt = 0 } of jobs) {
    expect(enqueuedAt).toBeGreaterThanOrEqual(before);
    expect(finishedAt).toBeGreaterThanOrEqual(enqueuedAt);
    expect(finishedAt).toBeLessThanOrEqual(after);
  }
});
