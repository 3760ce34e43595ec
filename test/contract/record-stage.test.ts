import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { MemoryRecordStage } from '../../src/adapters/memory/record-stage.ts';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { RedisRecordStage } from '../../src/queue/bullmq/redis-record-stage.ts';
import { freshRedis } from '../support/redis.ts';
import { describeRecordStage } from './record-stage.ts';

describeRecordStage('Redis', (limits) => {
  const stage = new RedisRecordStage({ ...freshRedis(), windowMs: 60_000, ...limits });
  onTestFinished(() => stage.close());
  return { stage, pass: (ms) => delay(ms) };
});

describeRecordStage('memory', (limits) => {
  const clock = new VirtualClock(Date.parse('2026-01-15T12:00:00Z'));
  const stage = new MemoryRecordStage({ clock, random: seededRandom(1), windowMs: 60_000, ...limits });
  return { stage, pass: (ms) => clock.advance(ms) };
});
