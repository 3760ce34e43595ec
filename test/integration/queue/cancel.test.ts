/** Cancelling across processes: what the marks in Redis are for. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { marksKey } from '../../../src/queue/bullmq/cancel-marks.ts';
import { abortOf, makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

async function running() {
  const world = makeQueueWorld();
  const started = makeGate();
  const reasons: unknown[] = [];
  await world.enqueue('a');
  await world.startPool(async (_payload, { signal }) => {
    started.open();
    const reason = await abortOf(signal);
    reasons.push(reason);
    throw reason;
  });
  await started.passed;
  const redis = new Redis(world.redisUrl);
  onTestFinished(() => redis.disconnect());
  return { ...world, reasons, redis };
}

it('stops a running job although the message to its worker was lost', async () => {
  const { queue, kind, redis, prefix, job, ended, never } = await running();
  const data = await redis.hget(`${prefix}:${kind.queue}:a`, 'data');
  const { nonce } = JSON.parse(data ?? '{}') as { nonce: string };

  await redis.zadd(marksKey(prefix), Date.now(), JSON.stringify([kind.queue, 'a', nonce]));
  await ended(1);

  expect(await job('a')).toMatchObject({ state: 'failed', failure: { code: 'CANCELLED' } });
  expect(await queue.openIds(kind.queue, never)).toEqual([]);
});

it('leaves no mark behind, and a second cancellation finds nothing to do', async () => {
  const { queue, kind, redis, prefix, reasons, ended, never } = await running();

  const [first, second] = await Promise.all([
    queue.cancel(kind.queue, ['a'], never),
    queue.cancel(kind.queue, ['a'], never),
  ]);
  await ended(1);
  const third = await queue.cancel(kind.queue, ['a'], never);

  expect([first, second]).toEqual([
    { ended: [], stopping: ['a'], over: [] },
    { ended: [], stopping: ['a'], over: [] },
  ]);
  expect(third).toEqual({ ended: [], stopping: [], over: ['a'] });
  expect(reasons).toHaveLength(1);
  await expect.poll(() => redis.zcard(marksKey(prefix))).toBe(0);
});

it('ends a job of a paused queue at once', async () => {
  const { enqueue, queue, kind, openBoard, job, startPool, ended, never } = makeQueueWorld();
  const board = openBoard();
  await board.pause();
  await enqueue('a', 'b');

  const cancelled = await queue.cancel(kind.queue, ['a'], never);
  await board.resume();
  await startPool(async () => DONE);
  await ended(1);

  expect(cancelled).toMatchObject({ ended: ['a'] });
  expect(await job('a')).toMatchObject({ state: 'failed', attempts: 0 });
  expect(await job('b')).toMatchObject({ state: 'completed' });
});

it('says that Redis is away', async () => {
  const { kind, never } = makeQueueWorld();
  const { queue } = makeQueueWorld({ redis: { redisUrl: 'redis://127.0.0.1:1', prefix: 'x' } });

  await expect(queue.cancel(kind.queue, ['a'], never)).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
});

it('keeps thousands of cancelled jobs, so that scans do not ask for them again', async () => {
  const { enqueue, queue, kind, startPool, ended, never } = makeQueueWorld();
  const ids = Array.from({ length: 5_100 }, (_, step) => `job-${step}`);
  await enqueue(...ids);

  await queue.cancel(kind.queue, ids, never);
  await enqueue('bad');
  await startPool(async () => {
    throw new ContrailError('RESULTS_MISSING', 'There is no table.');
  });
  await ended(1);
  const again = await queue.enqueue(
    kind.queue,
    ids.map((id, step) => ({ id, name: id, payload: { step } })),
    never,
  );

  expect([again.added, again.known.length]).toEqual([[], 5_100]);
});
