import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RecordBatch } from '../../../src/ports/record-sink.ts';
import { RedisRecordStage, type RedisRecordStageOptions } from '../../../src/queue/bullmq/redis-record-stage.ts';
import { freshRedis } from '../../support/redis.ts';

const HOUR_MS = 3_600_000;
const batch = (id: string, message = id): RecordBatch => ({ id, table: 'logs', rows: [{ message }] });

function setup(changes: Partial<RedisRecordStageOptions> = {}) {
  const redis = freshRedis();
  const open = (more: Partial<RedisRecordStageOptions> = {}) => {
    const stage = new RedisRecordStage({ ...redis, windowMs: 60_000, ...changes, ...more });
    onTestFinished(() => stage.close());
    return stage;
  };
  return { redis, open, stage: open() };
}

async function staged(stage: RedisRecordStage, id: string) {
  const window = await stage.stage(batch(id));
  if (window === undefined) throw new Error(`${id} was known`);
  return window;
}

afterEach(() => vi.useRealTimers());

describe('the stage of records in Redis', () => {
  it.each([HOUR_MS, -HOUR_MS])('ends its windows in time though the clock of a worker is %d ms off', async (offMs) => {
    const { stage, open } = setup();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
    const wrong = await staged(open(), 'a');
    const waitingThere = await stage.waiting();
    vi.useRealTimers();

    const right = await staged(stage, 'b');

    expect(right.window).toBe(wrong.window);
    for (const { endsInMs } of [wrong, right]) {
      expect(endsInMs).toBeGreaterThan(0);
      expect(endsInMs).toBeLessThanOrEqual(60_000);
    }
    expect(waitingThere.oldestMs).toBeLessThan(HOUR_MS / 2);
  });

  it.each([
    ['longer', 300_000],
    ['shorter', 10_000],
  ])('ends its windows in time when the setting has become %s', async (_, windowMs) => {
    const { stage, open } = setup({ windowMs: 120_000 });
    await staged(stage, 'a');
    const changed = open({ windowMs });

    const window = await staged(changed, 'b');

    expect(window.endsInMs).toBeLessThanOrEqual(Math.min(windowMs, 300_000));
    for (const { endsInMs } of await changed.windows()) expect(endsInMs).toBeLessThanOrEqual(windowMs);
  });

  it('keeps no more ids in Redis than it may', async () => {
    const { stage, redis } = setup({ mostKnown: 10 });
    for (let number = 0; number < 30; number++) await stage.stage(batch(`batch-${number}`));

    const client = new Redis(redis.redisUrl);
    onTestFinished(() => client.disconnect());
    const known = await client.zcard(`${redis.prefix}:record-stage:known`);

    expect(known).toBe(10);
  });
});
