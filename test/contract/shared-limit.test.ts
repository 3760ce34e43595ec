import { onTestFinished } from 'vitest';
import { Turns } from '../../src/adapters/bigquery/turns.ts';
import { RedisSharedLimits } from '../../src/queue/bullmq/redis-shared-limits.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { freshRedis } from '../support/redis.ts';
import { SYSTEM } from '../support/system.ts';
import { describeSharedLimit } from './shared-limit.ts';

describeSharedLimit('this process', (most) => {
  const turns = new Turns(most);
  return { workers: [turns, turns], settled: () => Promise.resolve() };
});

describeSharedLimit('Redis', (most) => {
  const redis = freshRedis();
  const open = () => {
    const limits = new RedisSharedLimits({ ...SYSTEM, ...redis, log: recordedLog() });
    onTestFinished(() => limits.close());
    return limits.limit('things', most);
  };
  const [one, other] = [open(), open()];
  return {
    workers: [one, other],
    settled: async () => {
      await Promise.all([one.settled(), other.settled()]);
    },
  };
});
