/** What `contrail status` says of a Redis that answers, although something is wrong with it. */
import { expect, it, onTestFinished } from 'vitest';
import { troublesOfRedis } from '../../../src/app/compose/redis-troubles.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { RedisHeartbeats } from '../../../src/queue/bullmq/redis-heartbeats.ts';
import { startTestRedis } from '../../support/own-redis.ts';

it('is that it is full, or has lost its data', async () => {
  const redis = await startTestRedis();
  const config = loadConfig([], { environment: { CONTRAIL_REDIS: redis.url } });
  const heartbeats = new RedisHeartbeats({ redisUrl: redis.url });
  onTestFinished(() => heartbeats.close());
  const well = await troublesOfRedis(config);

  await heartbeats.noteLoss();
  const lost = await troublesOfRedis(config);
  await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
  const full = await troublesOfRedis(config);

  expect(well).toEqual([]);
  expect(lost).toEqual([expect.stringMatching(/^Redis lost its data .* ago: .*pause queues and cancel exports again/)]);
  expect(full).toEqual([
    expect.stringMatching(/^Redis memory: .* Give Redis more memory/),
    expect.stringContaining('Redis lost its data'),
  ]);
});
