import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { MemoryAlertIndex } from '../../src/adapters/memory/alert-index.ts';
import { RedisAlertIndex } from '../../src/queue/bullmq/redis-alert-index.ts';
import { readAlertRow } from '../../src/workers/monitoring/alert-history.ts';
import { freshRedis } from '../support/redis.ts';
import { describeAlertIndex } from './alert-index.ts';

describeAlertIndex('Redis', () => {
  const redis = { ...freshRedis(), readRow: readAlertRow };
  const [index, other] = [new RedisAlertIndex(redis), new RedisAlertIndex(redis)];
  const direct = new Redis(redis.redisUrl);
  onTestFinished(() => {
    index.close();
    other.close();
    direct.disconnect();
  });
  const lose = async () => void (await direct.del(await direct.keys(`${redis.prefix}:*`)));
  return { index, other, lose };
});

describeAlertIndex('memory', () => {
  const index = new MemoryAlertIndex();
  return { index, other: index, lose: async () => index.lose() };
});
