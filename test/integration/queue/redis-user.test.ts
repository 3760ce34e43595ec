/** Redis as docs/security.md advises: a user of its own, who may do what Contrail needs and nothing that harms others. */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { checkRedis } from '../../../src/queue/bullmq/check-redis.ts';
import { RedisBackfills } from '../../../src/queue/bullmq/redis-backfills.ts';
import { RedisHeartbeats } from '../../../src/queue/bullmq/redis-heartbeats.ts';
import { RedisQueueWatch } from '../../../src/queue/bullmq/queue-watch.ts';
import { readRedisHealth } from '../../../src/queue/bullmq/redis-health.ts';
import { RedisRecordStage } from '../../../src/queue/bullmq/redis-record-stage.ts';
import { abortOf, makeGate } from '../../support/gate.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { SYSTEM } from '../../support/system.ts';

const PREFIX = 'contrail';
const DEPLOYMENT = { id: '0123456789abcdef', name: 'test' };

/** The command as it stands in the document. */
function advisedCommand(): string[] {
  const text = readFileSync('docs/security.md', 'utf8');
  const [line = ''] = /^ACL SETUSER .*$/m.exec(text) ?? [];
  return line.replace('PASSWORD', 'secret').split(' ');
}

/** A Redis with that user: its address for them, and what it has refused them. */
async function redisWithUser() {
  const owner = await startTestRedis();
  const [name = '', ...rest] = advisedCommand();
  await owner.command(name, ...rest);
  const redisUrl = `redis://contrail:secret@127.0.0.1:${owner.port}`;
  const refused = async () => JSON.stringify(await owner.command('ACL', 'LOG'));
  return { redis: { redisUrl, prefix: PREFIX }, refused };
}

it('does jobs, retries, cancels, pauses and asks for Redis’ state as that user', async () => {
  const { redis, refused } = await redisWithUser();
  const world = makeQueueWorld({ redis });
  const started = makeGate();
  const [facts, health] = [
    await checkRedis(redis.redisUrl, SYSTEM.clock),
    await readRedisHealth(redis.redisUrl, SYSTEM.clock),
  ];
  const watch = new RedisQueueWatch({ ...SYSTEM, ...redis, queues: [world.kind.queue] });
  onTestFinished(() => watch.close());
  let failures = 0;
  await world.startPool(async ({ step }, { signal }) => {
    if (step === 0) return DONE;
    if (step === 1 && failures++ === 0) throw new Error('once');
    if (step < 2) return DONE;
    started.open();
    throw await abortOf(signal);
  });

  await world.enqueue('done', 'retried', 'cancelled');
  await started.passed;
  await world.queue.cancel(world.kind.queue, ['cancelled'], world.never);
  await world.ended(3);
  const board = world.openBoard();
  await board.pause();
  await board.resume();

  expect(facts.version).not.toBe('');
  expect(health.info.size).toBeGreaterThan(50);
  expect(await world.job('done')).toMatchObject({ state: 'completed' });
  expect(await world.job('retried')).toMatchObject({ state: 'completed' });
  expect(await world.job('cancelled')).toMatchObject({ state: 'failed', failure: { code: 'CANCELLED' } });
  expect((await watch.look()).queues).toHaveLength(1);
  expect(await refused()).toBe('[]');
});

it('keeps records, heartbeats and backfills as that user', async () => {
  const { redis, refused } = await redisWithUser();
  const stage = new RedisRecordStage({ ...redis, windowMs: 60_000 });
  const heartbeats = new RedisHeartbeats(redis);
  const backfills = new RedisBackfills({ ...redis, queues: ['work'], deployment: DEPLOYMENT });
  onTestFinished(async () => {
    stage.close();
    heartbeats.close();
    await backfills.close();
  });

  const window = await stage.stage({ id: 'a', table: 'logs', rows: [{ message: 'x' }] });
  await heartbeats.beat({ role: 'worker', name: 'here:1', queues: ['work'] });
  const listed = await backfills.list();

  expect(window === undefined ? [] : await stage.take(window)).toEqual([{ message: 'x' }]);
  expect(await heartbeats.alive()).toHaveLength(1);
  expect(listed).toEqual([]);
  expect(await refused()).toBe('[]');
});

it.each([
  ['FLUSHALL'],
  ['FLUSHDB'],
  ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'],
  ['CONFIG', 'GET', '*'],
  ['KEYS', '*'],
  ['DEBUG', 'SLEEP', '0'],
  ['SHUTDOWN'],
  ['REPLICAOF', '192.0.2.1', '6379'],
  ['MODULE', 'LIST'],
  ['ACL', 'LIST'],
  ['CLIENT', 'LIST'],
  ['FUNCTION', 'LIST'],
  ['SCRIPT', 'FLUSH'],
  ['GET', 'other:key'],
  ['SET', 'other:key', '1'],
  ['PUBLISH', 'other', 'x'],
  ['EVAL', "return redis.call('FLUSHALL')", '0'],
  ['EVAL', "return redis.call('GET', 'other:key')", '0'],
])('is refused as that user: %s %s', async (name, ...rest) => {
  const { redis } = await redisWithUser();
  const client = new Redis(redis.redisUrl);
  onTestFinished(() => client.disconnect());

  await expect(client.call(name, ...rest)).rejects.toThrow(
    /NOPERM|user executing the script can|DEBUG command not allowed/,
  );
});
