/** What a pool knows of cancelled jobs and stopped backfills when messages are lost or come at a bad moment. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { CancelMarks } from '../../../src/queue/bullmq/cancel-marks.ts';
import { RedisBackfills, stoppedKey } from '../../../src/queue/bullmq/redis-backfills.ts';
import { DONE, makeQueueWorld, WORK } from '../../support/queue-world.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { SYSTEM } from '../../support/system.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';

const ID = 'b00000001';

function connected(url: string): Redis {
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  return redis;
}

it('looks once more when it is told so during a look', async () => {
  const { redisUrl, prefix } = freshRedis();
  const proxy = await startTcpProxy(Number(new URL(redisUrl).port));
  const slow = new URL(redisUrl);
  slow.port = String(proxy.port);
  const [writer, redis] = [connected(redisUrl), connected(slow.href)];
  const key = stoppedKey(prefix, undefined);
  const marks = new CancelMarks({
    redisUrl,
    redis,
    prefix,
    stoppedKey: key,
    clock: SYSTEM.clock,
    log: recordedLog(),
    isBusy: () => false,
    onMarks: () => undefined,
  });
  onTestFinished(() => marks.stop());
  await marks.look();

  const answered = proxy.holdAnswers();
  const first = marks.look();
  await answered;
  await writer.hset(key, ID, 'paused');
  const second = marks.look();
  proxy.releaseAnswers();
  await Promise.all([first, second]);

  expect(marks.stopOf(ID)).toBe('paused');
});

it('runs the jobs of a resumed backfill although the message was lost', async () => {
  const { redisUrl, prefix, queue, never, startPool, ended, job } = makeQueueWorld();
  const backfills = new RedisBackfills({ redisUrl, prefix, queues: [WORK.queue] });
  onTestFinished(() => backfills.close());
  await backfills.create({ id: ID, at: 1, by: 'ann', selection: '' });
  await backfills.join(ID, [{ queue: WORK.queue, id: 'a' }]);
  await backfills.setState(ID, 'paused');
  await startPool(async () => DONE);

  const writer = connected(redisUrl);
  await writer
    .multi()
    .hset(`${prefix}:backfills:${ID}`, 'state', 'running')
    .hdel(stoppedKey(prefix, undefined), ID)
    .exec();
  await queue.enqueue(WORK.queue, [{ id: 'a', name: 'a', payload: { step: 1 }, priority: 1, backfill: ID }], never);
  await ended(1);

  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
});
