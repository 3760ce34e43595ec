/** What following costs Redis, and that it outlives a Redis that is away. */
import { onTestFinished, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { followJobs, followUntilStopped } from '../../../src/app/follow/follow-jobs.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { DONE, makeQueueWorld, WORK } from '../../support/queue-world.ts';
import { startRestartableRedis } from '../../support/restartable-redis.ts';
import { makeSignal } from '../../support/signal.ts';
import { SYSTEM } from '../../support/system.ts';

const MOST_COMMANDS_A_SECOND = 50;
const LOOKS = 15;
const PREFIX = 'count';
const never = new AbortController().signal;

/** Ends all waiting jobs as a worker would leave them. */
const END_ALL = `
local ids = redis.call('LRANGE', KEYS[1] .. 'wait', 0, -1)
redis.call('DEL', KEYS[1] .. 'wait')
for i, id in ipairs(ids) do
  redis.call('ZADD', KEYS[1] .. 'completed', i, id)
  redis.call('HSET', KEYS[1] .. id, 'finishedOn', i, 'returnvalue', '{"kind":"published"}')
end`;

async function setup(count: number) {
  const redis = await startTestRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, redisUrl: redis.url, prefix: PREFIX, kinds: [WORK] });
  onTestFinished(() => queue.close());
  const ids = Array.from({ length: count }, (_, index) => `job-${index}`);
  await queue.enqueue(
    WORK.queue,
    ids.map((id) => ({ id, name: id, payload: { step: 1 } })),
    never,
  );
  return { redis, queue, jobs: ids.map((id) => ({ queue: WORK.queue, id })) };
}

/** Commands that Redis has done for a piece of work, in scripts too, for each second that it took. */
async function commandsPerSecond(redis: Awaited<ReturnType<typeof startTestRedis>>, work: () => Promise<unknown>) {
  await redis.command('CONFIG', 'RESETSTAT');
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const stats = String(await redis.command('INFO', 'commandstats'));
  const calls = [...stats.matchAll(/^cmdstat_(?!info|config)\S+?:calls=(\d+)/gm)].map((match) => Number(match[1]));
  return calls.reduce((sum, count) => sum + count, 0) / seconds;
}

describe('following', () => {
  it.each([1_000, 10_000])('%i jobs costs Redis at most 50 commands a second', async (count) => {
    const { redis, queue, jobs } = await setup(count);
    const stop = new AbortController();
    let looks = 0;
    const onProgress = (): void => {
      if ((looks += 1) === LOOKS) stop.abort();
    };

    const whileOpen = await commandsPerSecond(redis, () =>
      followUntilStopped({ queue, jobs, clock: systemClock, signal: stop.signal, onProgress }),
    );
    await redis.command('EVAL', END_ALL, '1', `${PREFIX}:${WORK.queue}:`);
    let report;
    const whenEnded = await commandsPerSecond(redis, async () => {
      report = await followJobs({ queue, jobs, clock: systemClock, signal: never, onProgress: () => undefined });
    });

    expect(report).toEqual({ done: count, unchanged: 0, failures: [], open: 0 });
    expect(whileOpen).toBeLessThanOrEqual(MOST_COMMANDS_A_SECOND);
    // A look or two last no second, so that the first ones are seen by what they cost altogether.
    expect(count === 1_000 ? 0 : whenEnded).toBeLessThanOrEqual(MOST_COMMANDS_A_SECOND);
  });

  it('reads ended jobs one by one where the user of Redis may not SORT', async () => {
    const { redis, queue, jobs } = await setup(3);
    await redis.command('EVAL', END_ALL, '1', `${PREFIX}:${WORK.queue}:`);
    await redis.command('ACL', 'SETUSER', 'default', '-sort');

    const report = await followJobs({ queue, jobs, clock: systemClock, signal: never, onProgress: () => undefined });

    expect(report).toMatchObject({ done: 3, unchanged: 0, failures: [] });
  });

  it('goes on when Redis is back, and finds what was done meanwhile', async () => {
    const redis = await startRestartableRedis();
    const world = makeQueueWorld({ redis });
    await world.enqueue('a', 'b');
    const away = makeSignal<string>();
    const following = followJobs({
      queue: world.queue,
      jobs: ['a', 'b', 'never-there'].map((id) => ({ queue: world.kind.queue, id })),
      clock: systemClock,
      signal: never,
      onProgress: () => undefined,
      onRedisAway: ({ code }) => away.tell(code),
    });
    await redis.kill();
    await away.next();
    await redis.start();

    await world.startPool(async () => DONE);

    const report = await following;
    expect(report).toMatchObject({ done: 2, unchanged: 2, open: 0 });
    expect(report.failures.map(({ code }) => code)).toEqual(['JOB_LOST']);
  });
});
