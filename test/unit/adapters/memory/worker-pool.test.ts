import { expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryJobQueue } from '../../../../src/adapters/memory/job-queue.ts';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { startMemoryPool } from '../../../../src/adapters/memory/worker-pool.ts';
import type { JobOutcome } from '../../../../src/domain/outcome.ts';
import type { JobKind } from '../../../../src/jobs/job-kind.ts';
import type { JobHandler } from '../../../../src/ports/job-handler.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const NOON = Date.parse('2026-01-15T12:00:00Z');
const HOUR_MS = 60 * 60_000;
const DONE: JobOutcome = { kind: 'skipped', reason: 'nothing to do' };
const never = new AbortController().signal;
const KIND: JobKind<unknown> = {
  queue: 'work',
  payload: z.unknown(),
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 1_000, longestDelayMs: 60_000 },
};

function setup() {
  const clock = new VirtualClock(NOON);
  const queue = new MemoryJobQueue({ clock });
  const told: string[] = [];
  const slow: number[] = [];
  const start = (handle: JobHandler<unknown>['handle']) =>
    startMemoryPool({
      queue,
      kinds: [KIND],
      handlers: [{ kind: KIND, handle }],
      clock,
      random: seededRandom(1),
      log: recordedLog(),
      onOutcome: ({ jobId }) => void told.push(jobId),
      onSlow: ({ durationMs }) => void slow.push(durationMs / 60_000),
    });
  const enqueue = (id: string, delayMs = 0) => queue.enqueue('work', [{ id, name: id, payload: {}, delayMs }], never);
  const job = async (id: string) => (await queue.find('work', [id], never))[0];
  return { clock, queue, told, slow, start, enqueue, job };
}

it('does a day of delayed jobs when each is due, and not before', async () => {
  const { clock, start, enqueue } = setup();
  const begun: number[] = [];
  for (let hour = 1; hour <= 24; hour++) await enqueue(`hour-${hour}`, hour * HOUR_MS);

  start(async () => {
    begun.push((clock.now() - NOON) / HOUR_MS);
    return DONE;
  });
  await clock.advance(24 * HOUR_MS);

  expect(begun).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
});

it('counts its delays by the clock that it is given, also when somebody sets it an hour ahead', async () => {
  const { clock, start, enqueue, job } = setup();
  await enqueue('later', HOUR_MS);

  clock.set(NOON + HOUR_MS);
  start(async () => DONE);
  await clock.settle();

  expect(await job('later')).toMatchObject({ state: 'completed', enqueuedAt: NOON, finishedAt: NOON + HOUR_MS });
});

it('tells nothing of a pool that crashed, and hands its jobs out again when their locks have run out', async () => {
  const { clock, start, enqueue, job, told } = setup();
  await enqueue('a');
  const attempts: number[] = [];
  let release = (): void => undefined;
  const first = start(async (_payload, { attempt }) => {
    attempts.push(attempt);
    await new Promise<void>((resolve) => (release = resolve));
    return DONE;
  });
  await clock.settle();

  first.crash();
  release();
  start(async (_payload, { attempt }) => {
    attempts.push(attempt);
    return DONE;
  });
  await clock.advance(9_000);
  const beforeTheLockRanOut = await job('a');
  const toldBefore = [...told];
  await clock.advance(1_000);

  expect(beforeTheLockRanOut).toMatchObject({ state: 'active', attempts: 0 });
  expect(toldBefore).toEqual([]);
  expect(attempts).toEqual([1, 1]);
  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
  expect(told).toEqual(['a']);
});

it('leaves no timer behind once it is stopped', async () => {
  const { clock, start, enqueue } = setup();
  await enqueue('later', HOUR_MS);
  const pool = start(async () => DONE);

  await pool.stop();

  expect(clock.pending).toBe(0);
});

it('tells of an attempt that takes longer than a quarter of an hour, every ten minutes until it ends', async () => {
  const { clock, start, enqueue, slow, told } = setup();
  await enqueue('quick');
  await enqueue('slow');

  start(async (_payload, { jobId }) => {
    await clock.sleep(jobId === 'slow' ? 40 * 60_000 : 14 * 60_000);
    return DONE;
  });
  await clock.advance(3 * HOUR_MS);

  expect(slow).toEqual([15, 25, 35]);
  expect(told).toEqual(['quick', 'slow']);
});
