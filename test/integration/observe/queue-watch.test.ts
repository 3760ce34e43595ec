/** What a look at the queues finds on a real Redis in trouble, and what it costs. */
import { Queue } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { redisCommandsSent } from '../../../src/queue/bullmq/counted-redis.ts';
import { RedisQueueWatch } from '../../../src/queue/bullmq/queue-watch.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { freshRedis, type TestRedis } from '../../support/redis.ts';
import { startRestartableRedis } from '../../support/restartable-redis.ts';
import { SYSTEM } from '../../support/system.ts';

const PREFIX = 'test-watch';

function watchOf(redis: TestRedis, queues: readonly string[] = ['work'], limitMs = 4_000): RedisQueueWatch {
  const watch = new RedisQueueWatch({ ...SYSTEM, ...redis, queues, limitMs });
  onTestFinished(() => watch.close());
  return watch;
}

async function lookOnce(watch: RedisQueueWatch) {
  const [look] = (await watch.look()).queues;
  if (look === undefined) throw new Error('no queue was looked at');
  return look;
}

it('finds the oldest job of all priorities, and the next one by priority', async () => {
  const world = makeQueueWorld();
  const board = world.openBoard();
  const now = Date.now();
  for (const [priority, ageMs] of [
    [5, 60_000],
    [2, 10_000],
    [5, 1_000],
    [900, 30_000],
  ] as const) {
    await board.add('x', {}, { jobId: `p${priority}-${ageMs}`, priority, timestamp: now - ageMs });
  }

  const look = await lookOnce(watchOf(world));

  expect(look.jobs).toMatchObject({ prioritized: 4, waiting: 0 });
  expect(look.next).toBe('p2-10000');
  expect(look.oldestMs).toBeGreaterThanOrEqual(60_000);
  expect(look.oldestMs).toBeLessThan(120_000);
});

it('counts running jobs, and tells how long a throttled queue rests', async () => {
  const world = makeQueueWorld();
  const board = world.openBoard();
  let release: () => void = () => undefined;
  const isRunning = new Promise<void>((started) => {
    void world.startPool(async () => {
      started();
      await new Promise<void>((resolve) => (release = resolve));
      return DONE;
    });
  });
  await world.enqueue('a');
  await isRunning;
  const running = await lookOnce(watchOf(world));
  release();
  await world.ended(1);

  await board.rateLimit(30_000);
  const resting = await lookOnce(watchOf(world));

  expect([running.jobs.active, running.restMs]).toEqual([1, 0]);
  expect(resting.restMs).toBeGreaterThan(20_000);
  expect(resting.jobs).toMatchObject({ active: 0, completed: 1 });
});

it('costs eight commands for all queues, however many jobs they hold', async () => {
  const redis = freshRedis();
  const queue = new Queue('statistics', { connection: { url: redis.redisUrl }, prefix: redis.prefix });
  onTestFinished(() => queue.close());
  await queue.addBulk(
    Array.from({ length: 5_000 }, (_, index) => ({ name: 'x', data: {}, opts: { priority: (index % 40) + 1 } })),
  );
  const watch = watchOf(
    redis,
    JOB_KINDS.map((kind) => kind.queue),
  );
  await watch.look();
  const before = redisCommandsSent();

  const { queues } = await watch.look();

  expect(redisCommandsSent() - before).toBe(JOB_KINDS.length + 2);
  expect(queues.find((look) => look.queue === 'statistics')?.jobs.prioritized).toBe(5_000);
});

it.each([
  ['may evict jobs', ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'], 'its maxmemory-policy is allkeys-lru'],
  ['has no memory left', ['CONFIG', 'SET', 'maxmemory', '1mb'], 'has no memory left'],
  ['is a replica', ['REPLICAOF', '127.0.0.1', '1'], 'takes no writes, because it is a replica'],
])('refuses a Redis that %s, with the remedy', async (_what, [name = '', ...arguments_], text) => {
  const redis = await startTestRedis();
  const watch = watchOf({ redisUrl: redis.url, prefix: PREFIX });
  await watch.look();
  await redis.command(name, ...arguments_);

  const failure: unknown = await watch.look().catch((error: unknown) => error);

  expect(failure).toMatchObject({
    code: 'REDIS_UNSUITABLE',
    message: expect.stringContaining(text),
    hint: expect.stringMatching(/\.$/),
  });
});

it('says within its limit that Redis is silent or away, and sees it again when it is back', async () => {
  const redis = await startRestartableRedis();
  const watch = watchOf(redis, ['work'], 1_500);
  await watch.look();
  await redis.freeze();
  const silent: unknown = await watch.look().catch((error: unknown) => error);
  await redis.kill();
  const away: unknown = await watch.look().catch((error: unknown) => error);
  await redis.start();

  let back = await watch.look().catch(() => undefined);
  while (back === undefined) back = await watch.look().catch(() => undefined);

  expect([silent, away]).toMatchObject([{ code: 'REDIS_UNREACHABLE' }, { code: 'REDIS_UNREACHABLE' }]);
  expect(back.queues).toHaveLength(1);
});
