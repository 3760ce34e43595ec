import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { MemoryFreshnessIndex } from '../../src/adapters/memory/freshness-index.ts';
import { RedisFreshnessIndex } from '../../src/queue/bullmq/redis-freshness-index.ts';
import { freshRedis } from '../support/redis.ts';
import { describeFreshnessIndex } from './freshness-index.ts';

describeFreshnessIndex('Redis', () => {
  const redis = freshRedis();
  const [index, other] = [new RedisFreshnessIndex(redis), new RedisFreshnessIndex(redis)];
  const direct = new Redis(redis.redisUrl);
  onTestFinished(() => {
    index.close();
    other.close();
    direct.disconnect();
  });
  const lose = async () => void (await direct.del(await direct.keys(`${redis.prefix}:*`)));
  return { index, other, lose };
});

describeFreshnessIndex('memory', () => {
  const index = new MemoryFreshnessIndex();
  return { index, other: index, lose: async () => index.lose() };
});
