/** Redis has no memory left while workers run, and gets more. */
import { expect, it } from 'vitest';
import { startTestRedis } from '../../support/own-redis.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

it('says once, with the remedy, that workers cannot take jobs, and has them take jobs again', async () => {
  const redis = await startTestRedis();
  const redisUrl = redis.url;
  const { startPool, enqueue, ended, log } = makeQueueWorld({ redis: { redisUrl, prefix: 'test' } });
  const refusals = async () =>
    Number(/errorstat_OOM:count=(\d+)/.exec(String(await redis.command('INFO', 'errorstats')))?.[1]);
  await startPool(async () => DONE, { stallCheckMs: 200 });

  await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
  await expect.poll(refusals, { timeout: 20_000 }).toBeGreaterThan(4);
  await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  await enqueue('a');
  await ended(1);

  const told = log.lines.filter(({ text }) => text === 'a worker has trouble with its queue');
  expect(told.map(({ level, fields }) => [level, fields['error']])).toEqual([
    ['warn', expect.stringMatching(/has no memory left\. Give it more memory, or remove finished jobs\.$/)],
  ]);
});
