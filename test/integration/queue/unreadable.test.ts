/** Jobs that somebody else put into the queue, or spoiled there: they fail, and nothing else suffers. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

const HASHES: readonly [string, Record<string, string>][] = [
  ['data that are not JSON', { name: 'x', data: '{"payload":', opts: '{}', timestamp: '1' }],
  ['data that are empty', { name: 'x', data: '', opts: '{}', timestamp: '1' }],
  ['no data', { name: 'x', opts: '{}', timestamp: '1' }],
  ['no name', { data: '{"payload":{"step":"one"}}', opts: '{}', timestamp: '1' }],
  ['no time', { name: 'x', data: '[]', opts: '{}' }],
  ['data of 2 MB', { name: 'x', data: JSON.stringify({ payload: 'x'.repeat(2_000_000) }), opts: '{}', timestamp: '1' }],
  ['an envelope that is none', { name: 'x', data: '{"payload":{"step":1},"failedRounds":-1}', timestamp: '1' }],
];

it.each(HASHES)('fails a job with %s, and goes on with others', async (_, hash) => {
  const { startPool, enqueue, openBoard, redisUrl, ended, job, queue, kind, never } = makeQueueWorld();
  const redis = new Redis(redisUrl);
  onTestFinished(() => redis.disconnect());
  const board = openBoard();
  await redis.hset(board.toKey('odd'), hash);
  await redis.lpush(board.toKey('wait'), 'odd');
  await enqueue('good');
  const before = await queue.find(kind.queue, ['odd', 'good'], never);

  const pool = await startPool(async () => DONE, { lockMs: 400, stallCheckMs: 50 });
  await ended(2);

  expect(before.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  expect(await job('odd')).toMatchObject({ state: 'failed', failure: { code: 'PAYLOAD_INVALID' } });
  expect(await job('good')).toMatchObject({ state: 'completed' });
  expect(await pool.waitUntilDrained()).toBe(true);
  expect((await queue.list(kind.queue, ['failed'], 10)).map(({ id }) => id)).toEqual(['odd']);
});
