/** Redis is killed, stays away for a while, and comes back with what it had written down. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { startRestartableRedis } from '../../support/restartable-redis.ts';

const AWAY_MS = 1_000;
const LOCKS = { lockMs: 4_000, stallCheckMs: 500 };
const JOBS = 60;

it('loses no job and does none twice to the end while workers are busy', async () => {
  const redis = await startRestartableRedis();
  const { startPool, enqueue, queue, kind, never, finished, failures } = makeQueueWorld({ redis });
  const ids = Array.from({ length: JOBS }, (_, index) => `job-${index}`);
  const done: string[] = [];
  const isHalfway = makeGate();
  await enqueue(...ids);
  const handle = async (_payload: unknown, { jobId }: { jobId: string }) => {
    await sleep(10);
    done.push(jobId);
    if (done.length === JOBS / 2) isHalfway.open();
    return DONE;
  };
  await startPool(handle, LOCKS);
  await startPool(handle, LOCKS);
  await isHalfway.passed;

  await redis.kill();
  await sleep(AWAY_MS);
  await redis.start();
  // Not by the events: Redis may have taken a report and died before it could say so.
  await expect.poll(async () => (await queue.counts(kind.queue)).completed, { timeout: 25_000 }).toBe(JOBS);

  const jobs = await queue.find(kind.queue, ids, never);
  expect(failures.told).toEqual([]);
  expect(jobs).toHaveLength(JOBS);
  expect(jobs.filter(({ state, attempts }) => state !== 'completed' || attempts !== 1)).toEqual([]);
  expect(done.toSorted(byText)).toEqual(ids.toSorted(byText));
  expect(new Set(finished.told.map(({ jobId }) => jobId)).size).toBe(finished.told.length);
  expect(await queue.counts(kind.queue)).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0 });
});

it('has idle workers take jobs again, each of them', async () => {
  const redis = await startRestartableRedis();
  const { startPool, enqueue, ended, log } = makeQueueWorld({ redis });
  const takers = new Set<string>();
  const both = makeGate();
  const handleAs = (name: string) => async () => {
    takers.add(name);
    if (takers.size === 2) both.open();
    await both.passed;
    return DONE;
  };
  await startPool(handleAs('first'), { ...LOCKS, concurrency: 1 });
  await startPool(handleAs('second'), { ...LOCKS, concurrency: 1 });

  await redis.kill();
  await sleep(AWAY_MS);
  await redis.start();
  await enqueue('a', 'b');
  await ended(2);

  expect(takers.size).toBe(2);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

it('tells a producer at once that Redis is away, and works again when it is back', async () => {
  const redis = await startRestartableRedis();
  const { queue, kind, never, enqueue, job } = makeQueueWorld({ redis });
  await enqueue('before');

  await redis.kill();
  const requests = [{ id: 'a', name: 'a', payload: { step: 1 } }];
  const failures = await Promise.allSettled([
    queue.enqueue(kind.queue, requests, never),
    queue.find(kind.queue, ['before'], never),
    queue.counts(kind.queue),
  ]);
  await redis.start();
  await expect
    .poll(() => queue.enqueue(kind.queue, requests, never), { timeout: 20_000 })
    .toMatchObject({
      added: ['a'],
    });

  expect(failures).toMatchObject(failures.map(() => ({ status: 'rejected', reason: { code: 'REDIS_UNREACHABLE' } })));
  expect(await job('before')).toMatchObject({ state: 'waiting' });
});

it('ends a pool that is stopped while Redis is away; the job comes back by itself', async () => {
  const redis = await startRestartableRedis();
  const { startPool, enqueue, ended, job } = makeQueueWorld({ redis });
  const started = makeGate();
  await enqueue('a');
  const pool = await startPool(
    async (_payload, { signal }) => {
      started.open();
      await sleep(600_000, undefined, { signal });
      return DONE;
    },
    { lockMs: 1_000, stallCheckMs: 200, drainDeadlineMs: 20, abortGraceMs: 20 },
  );
  await started.passed;

  await redis.kill();
  await pool.stop();
  await redis.start();
  await startPool(async () => DONE, { lockMs: 1_000, stallCheckMs: 200 });
  await ended(1);

  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
