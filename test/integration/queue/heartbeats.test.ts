/** Which processes are alive, by their heartbeats in Redis. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { RedisHeartbeats } from '../../../src/queue/bullmq/redis-heartbeats.ts';
import { freshRedis } from '../../support/redis.ts';

const WORKER = { role: 'worker', name: 'here:1', queues: ['statistics'] } as const;
const SCHEDULER = { role: 'scheduler', name: 'here:2', queues: [] } as const;

function setup() {
  const { redisUrl, prefix } = freshRedis();
  const heartbeats = new RedisHeartbeats({ redisUrl, prefix });
  const redis = new Redis(redisUrl);
  onTestFinished(() => {
    heartbeats.close();
    redis.disconnect();
  });
  return { heartbeats, redis, key: `${prefix}:processes` };
}

it('knows each living process once, and forgets one that has ended', async () => {
  const { heartbeats } = setup();
  for (const process of [WORKER, SCHEDULER, WORKER]) await heartbeats.beat(process);
  const both = await heartbeats.alive();
  await heartbeats.leave(WORKER);

  expect(both).toHaveLength(2);
  expect(both).toEqual(expect.arrayContaining([WORKER, SCHEDULER]));
  expect(await heartbeats.alive()).toEqual([SCHEDULER]);
});

it('takes a process for gone a minute after its last beat, and removes it at the next beat of another', async () => {
  const { heartbeats, redis, key } = setup();
  await heartbeats.beat(WORKER);
  const [member = ''] = await redis.zrange(key, '0', '-1');
  const score = Number(await redis.zscore(key, member));
  await redis.zadd(key, String(score - 60_001), member);
  const alive = await heartbeats.alive();
  await heartbeats.beat(SCHEDULER);

  expect(alive).toEqual([]);
  expect(await redis.zcard(key)).toBe(1);
});

it('leaves no key behind when nobody beats any more', async () => {
  const { heartbeats, redis, key } = setup();
  await heartbeats.beat(WORKER);

  expect(await redis.pttl(key)).toBeGreaterThan(0);
});

it('says that Redis is away', async () => {
  const heartbeats = new RedisHeartbeats({ redisUrl: 'redis://127.0.0.1:1' });
  onTestFinished(() => heartbeats.close());

  await expect(heartbeats.alive()).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
});
