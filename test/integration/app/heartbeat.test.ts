/** What a process learns from the answers to its heartbeats. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { startHeartbeat } from '../../../src/app/upkeep/heartbeat.ts';
import { RedisHeartbeats } from '../../../src/queue/bullmq/redis-heartbeats.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { makeSignal } from '../../support/signal.ts';

const HOUR_MS = 3_600_000;
const BEAT_MS = 15_000;

function setup() {
  const { redisUrl, prefix } = freshRedis();
  const heartbeats = new RedisHeartbeats({ redisUrl, prefix });
  const redis = new Redis(redisUrl);
  const clock = new VirtualClock(0);
  const machine = { offMs: 0 };
  const log = recordedLog();
  const beats = makeSignal<{ readonly number: number; readonly trouble: string | undefined }>();
  const heartbeat = startHeartbeat(
    {
      heartbeats: new RedisHeartbeats({ redisUrl, prefix }),
      clock,
      machineClock: { now: () => systemClock.now() + machine.offMs },
      log,
      onTrouble: (_subject, trouble) => beats.tell({ number: beats.told.length + 1, trouble }),
    },
    { role: 'worker', queues: ['statistics'] },
  );
  onTestFinished(async () => {
    await heartbeat.stop();
    heartbeats.close();
    redis.disconnect();
  });
  return {
    machine,
    log,
    heartbeats,
    /** The trouble that the first beat tells. */
    first: async () => (await beats.next()).trouble,
    /** The trouble that the next beat tells. */
    next: async () => {
      const number = beats.told.length + 1;
      await clock.advance(BEAT_MS);
      return (await beats.next((beat) => beat.number === number)).trouble;
    },
    flush: () => redis.del(`${prefix}:processes`, `${prefix}:data`),
    texts: () => log.lines.map(({ level, text }) => `${level}: ${text}`),
  };
}

it('says once that the clocks differ, and that they agree again', async () => {
  const { machine, first, next, texts, log } = setup();
  const agreed = await first();
  machine.offMs = HOUR_MS;
  const ahead = [await next(), await next()];
  machine.offMs = -10_000;
  const little = await next();
  machine.offMs = 0;
  const again = await next();

  expect([agreed, little, again]).toEqual([undefined, undefined, undefined]);
  expect(ahead[1]).toMatch(/^The clock of this machine is (3600|3599) s ahead of that of Redis. Synchronise/);
  expect(texts()).toEqual(['warn: clocks differ', 'info: clocks agree again']);
  expect(log.lines[0]?.fields).toMatchObject({ remedy: expect.stringContaining('NTP') });
});

it('says that Redis has lost its data, and notes it for others', async () => {
  const { first, next, flush, heartbeats, texts } = setup();
  await first();
  await next();
  const before = await heartbeats.lostAt();
  await flush();
  await next();
  await next();

  expect(before).toBeUndefined();
  expect(texts()).toEqual([
    expect.stringMatching(/^warn: Redis has lost its data: .* The next scan enqueues what is due/),
  ]);
  expect(Math.abs(Number(await heartbeats.lostAt()) - systemClock.now())).toBeLessThan(HOUR_MS);
});
