import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RecordBatch } from '../../../src/ports/record-sink.ts';
import { RedisRecordStage, type RedisRecordStageOptions } from '../../../src/queue/redis-record-stage.ts';
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

describe('the stage of records', () => {
  it('gathers batches of a table in one window, each once, and gives them again until they are dropped', async () => {
    const { stage } = setup();

    const first = await staged(stage, 'a');
    const second = await staged(stage, 'b');
    const again = await stage.stage(batch('a'));
    const rows = [await stage.take(first), await stage.take(first)];
    await stage.drop(first);

    expect([second.window, again]).toEqual([first.window, undefined]);
    expect(rows).toEqual([
      [{ message: 'a' }, { message: 'b' }],
      [{ message: 'a' }, { message: 'b' }],
    ]);
    expect([await stage.take(first), await stage.windows()]).toEqual([[], []]);
  });

  it('puts nothing into a window that was taken', async () => {
    const { stage } = setup();
    const first = await staged(stage, 'a');
    await stage.take(first);

    const second = await staged(stage, 'b');

    expect(second.window).not.toBe(first.window);
    expect(await stage.take(first)).toEqual([{ message: 'a' }]);
  });

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

  it('tells how many batches wait, and how late they are', async () => {
    const { stage } = setup({ windowMs: 10 });
    await staged(stage, 'a');
    const early = await stage.waiting();
    await delay(30);

    const late = await stage.waiting();

    expect([early.batches, late.batches]).toEqual([1, 1]);
    expect(late.lateMs).toBeGreaterThan(0);
    expect(late.oldestMs).toBeGreaterThanOrEqual(late.lateMs);
  });

  it('tells what waits, what was written and what it has lost', async () => {
    const { stage } = setup();
    const written = await staged(stage, 'written');
    await stage.take(written);
    await stage.drop(written);
    const open = await staged(stage, 'waiting');

    const fates = await stage.fatesOf([
      { id: 'written', ...written },
      { id: 'waiting', ...open },
      { id: 'never staged', ...open },
    ]);

    expect(fates).toEqual(['written', 'waiting', 'lost']);
  });

  it('remembers no more ids than it may', async () => {
    const { stage, redis } = setup({ mostKnown: 10 });
    for (let number = 0; number < 30; number++) await stage.stage(batch(`batch-${number}`));

    const client = new Redis(redis.redisUrl);
    onTestFinished(() => client.disconnect());
    const known = await client.zcard(`${redis.prefix}:record-stage:known`);

    expect(known).toBe(10);
    expect(await stage.stage(batch('batch-29'))).toBeUndefined();
  });

  it('holds no more bytes than it may, and takes records again once some are written', async () => {
    const { stage } = setup({ mostBytes: 100 });
    const first = await staged(stage, 'a');
    const full = stage.stage(batch('b', 'x'.repeat(100)));

    await expect(full).rejects.toMatchObject({ code: 'REDIS_UNSUITABLE' });
    await stage.take(first);
    await stage.drop(first);

    expect(await stage.stage(batch('b', 'x'.repeat(100)))).toBeDefined();
  });

  it('keeps refused rows once, the newest first, and no more than a thousand', async () => {
    const { stage } = setup();
    const refused = (number: number) => ({ id: `row-${number}`, table: 'logs', reason: `reason ${number}`, row: '{}' });
    await stage.setAside([refused(1)]);
    await stage.setAside([refused(1)]);
    const few = await stage.refused(5);
    await delay(2);
    await stage.setAside(Array.from({ length: 1_005 }, (_, number) => refused(number + 10)));

    const many = await stage.refused(0);

    expect(few).toMatchObject({ count: 1, newest: [{ id: 'row-1', reason: 'reason 1' }] });
    expect(many).toEqual({ count: 1_000, newest: [] });
  });
});
