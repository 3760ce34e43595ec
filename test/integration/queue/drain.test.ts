/** When a pool that is to empty its queues gives up. */
import { expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { DONE, makeQueueWorld, WORK } from '../../support/queue-world.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';

/** Long enough for a look at the queue to find the job between two attempts. */
const ENDURING = { attempts: 1_000_000, firstDelayMs: 400, longestDelayMs: 400 };

it('names the paused queue that it cannot empty', async () => {
  const { startPool, enqueue, openBoard, job } = makeQueueWorld();
  await openBoard().pause();
  await enqueue('a', 'b');
  const pool = await startPool(async () => DONE);

  const draining = pool.waitUntilDrained();

  await expect(draining).rejects.toMatchObject({
    code: 'QUEUE_STUCK',
    message: 'The queue work is paused; 2 jobs wait in it.',
    hint: expect.stringContaining('/queues/queue/work'),
  });
  expect(await job('a')).toMatchObject({ state: 'waiting', attempts: 0 });
});

it('takes a paused queue that is empty for empty', async () => {
  const { startPool, openBoard } = makeQueueWorld();
  await openBoard().pause();
  const pool = await startPool(async () => DONE);

  expect(await pool.waitUntilDrained()).toBe(true);
});

it('names jobs that wait for another version of Contrail, once nothing else is left', async () => {
  const { startPool, queue, enqueue, never, job } = makeQueueWorld();
  await queue.enqueue('work', [{ id: 'new', name: 'new', payload: { version: 2, step: 1 } }], never);
  await enqueue('a');
  const pool = await startPool(async () => DONE);

  const draining = pool.waitUntilDrained();

  await expect(draining).rejects.toMatchObject({
    code: 'QUEUE_STUCK',
    message: expect.stringContaining('does not know version 2 of the payloads of the queue work'),
  });
  expect(await job('new')).toMatchObject({ state: 'delayed', attempts: 0, parked: {} });
  expect(await job('a')).toMatchObject({ state: 'completed' });
});

it('gives up jobs that are tried again for ever after a few attempts, with their reason', async () => {
  const kind = { ...WORK, retry: ENDURING, gathers: true, endures: true } as const;
  const { startPool, queue, never } = makeQueueWorld({ retry: ENDURING });
  await queue.enqueue('work', [{ id: 'a', name: 'a', payload: { step: 1 }, delayMs: 600_000 }], never);
  let attempts = 0;
  const handle = async () => {
    attempts += 1;
    throw new ContrailError('SERVICE_UNAVAILABLE', 'Records wait: no permission.');
  };
  const pool = await startPool(handle, {
    kinds: [kind],
    handlers: [{ kind, handle }],
    random: { ...systemRandom, fraction: () => 0.99 },
  });

  const failure = await pool.waitUntilDrained().catch((error: unknown) => error);
  await pool.stop();

  expect(failure).toMatchObject({
    code: 'QUEUE_STUCK',
    message: expect.stringMatching(
      /^1 job is left in the queue work after \d+ attempts: SERVICE_UNAVAILABLE: Records wait: no permission\.$/,
    ),
  });
  expect(attempts).toBeGreaterThanOrEqual(5);
});

it('has gathering jobs begin at once, and lets those that failed wait out their delay', async () => {
  const retry = { attempts: 10, firstDelayMs: 600_000, longestDelayMs: 600_000 };
  const kind = { ...WORK, retry, gathers: true } as const;
  const { startPool, queue, never, failures, job } = makeQueueWorld({ retry });
  await queue.enqueue('work', [{ id: 'a', name: 'a', payload: { step: 1 }, delayMs: 600_000 }], never);
  let attempts = 0;
  const handle = async () => {
    attempts += 1;
    throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
  };
  const pool = await startPool(handle, {
    kinds: [kind],
    handlers: [{ kind, handle }],
    random: { ...systemRandom, fraction: () => 0.5 },
  });

  const draining = pool.waitUntilDrained();
  await failures.next();
  await expect.poll(async () => (await job('a')).state).toBe('delayed');
  // Time for a few more looks at the queue.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await pool.stop();

  expect(await draining).toBe(false);
  expect(attempts).toBe(1);
});

it('ends with false when the pool is stopped while Redis does not answer', async () => {
  const redis = await startTestRedis();
  const { startPool, queue, never } = makeQueueWorld({ redis: { redisUrl: redis.url, prefix: 'drain' } });
  await queue.enqueue('work', [{ id: 'a', name: 'a', payload: { step: 1 }, delayMs: 600_000 }], never);
  const pool = await startPool(async () => DONE);
  const draining = pool.waitUntilDrained().catch((error: unknown) => error);
  await redis.command('CLIENT', 'PAUSE', '5000', 'ALL');
  // Until the next look is under way.
  await new Promise((resolve) => setTimeout(resolve, 500));

  await pool.stop();

  expect(await draining).toBe(false);
});
