/** Limits for all workers when a worker is killed or Redis is in trouble, and what they cost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { redisCommandsSent } from '../../../src/queue/bullmq/counted-redis.ts';
import { RedisSharedLimits } from '../../../src/queue/bullmq/redis-shared-limits.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis, type TestRedis } from '../../support/redis.ts';
import { startRestartableRedis } from '../../support/restartable-redis.ts';
import { SYSTEM } from '../../support/system.ts';

const SCRIPT = fileURLToPath(new URL('../../support/turn-holder-child.mjs', import.meta.url));
const LEASE_MS = 800;
const never = new AbortController().signal;

function open(redis: TestRedis, options: { readonly leaseMs?: number; readonly answerLimitMs?: number } = {}) {
  const log = recordedLog();
  const limits = new RedisSharedLimits({ ...SYSTEM, ...redis, log, leaseMs: LEASE_MS, ...options });
  onTestFinished(() => limits.close());
  return { log, limits, texts: () => log.lines.map(({ text }) => text) };
}

/** Starts a process, and resolves when it holds a turn. */
async function startHolder(redis: TestRedis, most: number) {
  const child = fork(SCRIPT, [JSON.stringify({ ...redis, name: 'queries', most, leaseMs: LEASE_MS })]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

/** How many turns somebody else can still have, without waiting. */
async function turnsLeft(redis: TestRedis, most: number): Promise<number> {
  const { limits } = open(redis);
  const limit = limits.limit('queries', most);
  const giveUp = new AbortController();
  const turns = Array.from({ length: most }, () => limit.acquire(giveUp.signal));
  await limit.settled();
  giveUp.abort(new Error('no longer'));
  const taken = (await Promise.allSettled(turns)).filter(({ status }) => status === 'fulfilled');
  await limits.close();
  return taken.length;
}

it('gives back the turns of a worker that was killed', async () => {
  const redis = freshRedis();
  const [killed] = await Promise.all([startHolder(redis, 2), startHolder(redis, 2)]);
  const { limits } = open(redis);
  const limit = limits.limit('queries', 2);
  const waits = limit.acquire(never);
  await limit.settled();
  const before = limits.counts();

  killed.kill('SIGKILL');
  const end = await waits;

  expect(before).toEqual([{ limit: 'queries', held: 0, waiting: 1 }]);
  expect(limits.counts()).toEqual([{ limit: 'queries', held: 1, waiting: 0 }]);
  // The other process renews the lease of its turn.
  expect(await turnsLeft(redis, 2)).toBe(0);
  end();
});

it('keeps a turn for longer than a lease, while its worker lives', async () => {
  const redis = freshRedis();
  const { limits } = open(redis, { leaseMs: 100 });
  await limits.limit('queries', 1).acquire(never);
  const other = open(redis, { leaseMs: 100 }).limits.limit('queries', 1);
  const waits = other.acquire(AbortSignal.timeout(1_000));

  await expect(waits).rejects.toMatchObject({ name: 'TimeoutError' });
});

it('lets the turns begin while Redis is away, says so once, and counts them when it is back', async () => {
  const redis = await startRestartableRedis();
  const { limits, log, texts } = open(redis);
  const limit = limits.limit('queries', 1);
  const uploads = limits.limit('uploads', 1);
  await limit.acquire(never);
  const waits = limit.acquire(never);
  await redis.kill();

  await Promise.all([waits, limit.acquire(never), uploads.acquire(never), uploads.acquire(never)]);
  const whenAway = texts();
  await redis.start();
  await expect.poll(texts, { timeout: 10_000 }).toContain('the limits for all workers hold again');
  await limit.settled();

  expect(whenAway).toEqual(['the limits for all workers do not hold for now']);
  expect(log.lines[0]?.fields['error']).toContain('Redis does not answer');
  expect(await turnsLeft(redis, 3)).toBe(0);
  expect(await turnsLeft(redis, 4)).toBe(1);
});

it('does not wait for a Redis that is silent', async () => {
  const redis = await startRestartableRedis();
  const { limits, texts } = open(redis, { answerLimitMs: 300 });
  const limit = limits.limit('queries', 1);
  const end = await limit.acquire(never);
  await redis.freeze();

  const endSecond = await limit.acquire(never);
  end();
  endSecond();
  await redis.kill();
  await redis.start();
  await expect.poll(texts, { timeout: 10_000 }).toContain('the limits for all workers hold again');
  await limit.settled();

  expect(await turnsLeft(redis, 1)).toBe(1);
});

it('costs at most four commands for each turn, however many wait', async () => {
  const redis = freshRedis();
  const workers = [open(redis, { leaseMs: 60_000 }), open(redis, { leaseMs: 60_000 })].map(({ limits }) =>
    limits.limit('queries', 3),
  );
  for (const worker of workers) (await worker.acquire(never))();
  await Promise.all(workers.map((worker) => worker.settled()));
  const before = redisCommandsSent();

  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const end = await workers[index % 2]?.acquire(never);
      await new Promise((resolve) => setImmediate(resolve));
      end?.();
    }),
  );
  await Promise.all(workers.map((worker) => worker.settled()));

  expect(redisCommandsSent() - before).toBeLessThanOrEqual(4 * 200);
});
