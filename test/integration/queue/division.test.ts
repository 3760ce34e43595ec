/** Work that is divided: parts run as jobs of their own, and the whole goes on when they have ended. */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { onTestFinished, expect, it } from 'vitest';
import { z } from 'zod';
import { ContrailError } from '../../../src/domain/errors.ts';
import type { JobOutcome } from '../../../src/domain/outcome.ts';
import type { JobContext } from '../../../src/ports/job-handler.ts';
import type { JobKind } from '../../../src/jobs/job-kind.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import type { FinishedEvent } from '../../../src/queue/worker-events.ts';
import { startWorkerPool } from '../../../src/queue/bullmq/worker-pool.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { makeSignal } from '../../support/signal.ts';
import { SYSTEM } from '../../support/system.ts';

const retry = { attempts: 3, firstDelayMs: 5, longestDelayMs: 20 };
const WHOLE: JobKind<unknown> = { queue: 'whole', payload: z.unknown(), subject: () => undefined, retry };
const PART: JobKind<unknown> = { queue: 'part', payload: z.unknown(), subject: () => undefined, retry, isPart: true };
const DONE: JobOutcome = { kind: 'skipped', reason: 'joined' };
const never = new AbortController().signal;

interface Handlers {
  readonly whole: (context: JobContext) => Promise<JobOutcome>;
  readonly part: (payload: unknown, context: JobContext) => Promise<JobOutcome>;
}

async function setup({ whole, part }: Handlers) {
  const redis = freshRedis();
  const kinds = [WHOLE, PART];
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds });
  const finished = makeSignal<FinishedEvent>();
  const startPool = async (queues: readonly string[]) => {
    const pool = await startWorkerPool({
      ...SYSTEM,
      ...redis,
      kinds,
      handlers: [
        { kind: WHOLE, handle: (_payload, context) => whole(context) },
        { kind: PART, handle: part },
      ],
      queues,
      log: recordedLog(),
      onFinished: (event) => finished.tell(event),
    });
    onTestFinished(() => pool.stop());
    return pool;
  };
  onTestFinished(() => queue.close());
  await queue.enqueue('whole', [{ id: 'all', name: 'all', payload: {} }], never);
  const openQueue = (name: string) => {
    const opened = new Queue(name, { connection: { url: redis.redisUrl }, prefix: redis.prefix });
    onTestFinished(() => opened.close());
    return opened;
  };
  return {
    startPool,
    openQueue,
    openRedis: () => {
      const opened = new Redis(redis.redisUrl);
      onTestFinished(() => opened.disconnect());
      return opened;
    },
    queue,
    finished,
    whole: async () => {
      await finished.next((event) => event.queue === 'whole');
      return (await queue.find('whole', ['all'], never))[0];
    },
  };
}

function divided(count: number, attempt = 1): JobOutcome {
  const parts = Array.from({ length: count }, (_, index) => ({
    id: `all.${attempt}.${index}`,
    name: `part ${index}`,
    payload: { index },
  }));
  return { kind: 'divided', queue: 'part', parts, state: { note: 'mine' } };
}

it('goes on with the results of its parts, whichever worker did them', async () => {
  const seen: unknown[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended }) => {
      if (ended === undefined) return divided(5);
      seen.push(ended.state, ...ended.parts);
      return DONE;
    },
    part: async (payload) => ({ kind: 'part', summary: payload }),
  });

  await startPool(['whole']);
  await startPool(['part']);

  expect(await whole()).toMatchObject({ state: 'completed', result: DONE, attempts: 1 });
  expect(seen).toEqual([
    { note: 'mine' },
    ...[0, 1, 2, 3, 4].map((index) => ({
      id: `all.1.${index}`,
      result: { kind: 'part', summary: { index } },
    })),
  ]);
});

it('does a part again that failed, and that part alone', async () => {
  const attempts: string[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended }) => (ended === undefined ? divided(3) : DONE),
    part: async (_payload, { jobId, attempt }) => {
      attempts.push(`${jobId} ${attempt}`);
      if (jobId === 'all.1.1' && attempt === 1) throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
      return { kind: 'part', summary: null };
    },
  });

  await startPool(['whole', 'part']);

  expect(await whole()).toMatchObject({ state: 'completed' });
  expect(attempts.toSorted()).toEqual(['all.1.0 1', 'all.1.1 1', 'all.1.1 2', 'all.1.2 1']);
});

it('hears of a part that failed for good, and may divide anew', async () => {
  const failures: unknown[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended, attempt }) => {
      if (ended === undefined) return divided(2);
      const failed = ended.parts.filter((part) => part.failure !== undefined);
      failures.push(...failed);
      if (failed.length > 0 && attempt === 1) throw new ContrailError('SOURCE_CHANGED', 'Gone.');
      return failed.length > 0 ? divided(1, attempt) : DONE;
    },
    part: async (_payload, { jobId }) => {
      if (jobId === 'all.1.0') throw new ContrailError('VALUE_INVALID', 'It cannot be written.');
      return { kind: 'part', summary: null };
    },
  });

  await startPool(['whole', 'part']);

  expect(await whole()).toMatchObject({ state: 'completed', result: DONE });
  expect(failures[0]).toMatchObject({
    id: 'all.1.0',
    failure: { class: 'content', code: 'VALUE_INVALID', message: 'It cannot be written.' },
  });
});

it('begins without the parts of a round that failed, once it was told to forget them', async () => {
  const seen: unknown[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended, attempt }) => {
      seen.push(ended?.parts.map((part) => part.id));
      if (ended === undefined) return divided(1, attempt);
      if (attempt > 1) return DONE;
      ended.forget();
      throw new ContrailError('SOURCE_CHANGED', 'Gone.');
    },
    part: async () => ({ kind: 'part', summary: null }),
  });

  await startPool(['whole', 'part']);

  expect(await whole()).toMatchObject({ state: 'completed', attempts: 2 });
  expect(seen).toEqual([undefined, ['all.1.0'], undefined, ['all.2.0']]);
});

it('keeps its parts through a failure that has nothing to do with them', async () => {
  const seen: unknown[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended, attempt }) => {
      if (ended === undefined) return divided(1);
      seen.push(ended.parts.map((part) => part.id));
      if (attempt === 1) throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
      return DONE;
    },
    part: async () => ({ kind: 'part', summary: null }),
  });

  await startPool(['whole', 'part']);

  expect(await whole()).toMatchObject({ state: 'completed', attempts: 2 });
  expect(seen).toEqual([['all.1.0'], ['all.1.0']]);
});

it('goes back to waiting for its parts when it comes back before they have ended', async () => {
  const calls: boolean[] = [];
  const { startPool, whole, openQueue, openRedis, finished } = await setup({
    whole: async ({ divided: ended }) => {
      calls.push(ended !== undefined);
      return ended === undefined ? divided(2) : DONE;
    },
    part: async () => ({ kind: 'part', summary: null }),
  });
  const wholes = openQueue('whole');
  await startPool(['whole']);
  await expect.poll(() => wholes.getWaitingChildrenCount()).toBe(1);
  // As the stall check leaves it, after a worker died between adding the parts and waiting for them.
  const client = openRedis();
  await client.zrem(wholes.toKey('waiting-children'), 'all');
  await client.lpush(wholes.toKey('wait'), 'all');
  await wholes.add('marker', { payload: {} }, { jobId: 'wake' });
  await expect.poll(() => wholes.getWaitingChildrenCount()).toBe(1);

  await startPool(['part']);

  await finished.next((event) => event.jobId === 'all');
  expect(await whole()).toMatchObject({ state: 'completed', attempts: 1 });
  expect(calls.filter((isJoining) => isJoining)).toEqual([true]);
});

it('refuses a part that no worker has made, or that was changed, without handing it out', async () => {
  const handled: unknown[] = [];
  const { startPool, whole, openQueue, queue, finished } = await setup({
    whole: async ({ divided: ended }) => (ended === undefined ? divided(2) : DONE),
    part: async (payload, { jobId }) => {
      handled.push(jobId);
      return { kind: 'part', summary: payload };
    },
  });
  const parts = openQueue('part');
  await startPool(['whole']);
  await expect.poll(() => parts.getWaitingCount()).toBe(2);
  const [real, changed] = await Promise.all(['all.1.0', 'all.1.1'].map((id) => parts.getJob(id)));
  await parts.add('by hand', { payload: { index: 0 } }, { jobId: 'by-hand' });
  await parts.add('copied', real?.data, { jobId: 'copied' });
  await changed?.updateData({ ...changed.data, payload: { index: 7 } });

  await startPool(['part']);
  await whole();
  for (const id of ['by-hand', 'copied']) await finished.next((event) => event.jobId === id);

  expect(handled).toEqual(['all.1.0']);
  const refused = await queue.find('part', ['by-hand', 'copied', 'all.1.1'], never);
  expect(refused.map(({ failure }) => failure?.code)).toEqual(refused.map(() => 'PAYLOAD_INVALID'));
  expect(refused).toHaveLength(3);
});

it('takes no division from anybody else than a worker', async () => {
  const seen: unknown[] = [];
  const { startPool, openQueue, finished, queue } = await setup({
    whole: async ({ jobId, divided: ended }) => {
      if (jobId === 'forged') seen.push(ended);
      return DONE;
    },
    part: async () => ({ kind: 'part', summary: null }),
  });
  const division = { queue: 'part', ids: [], state: { parts: [] }, seal: 'AAAA' };
  await openQueue('whole').add('forged', { payload: {}, division }, { jobId: 'forged' });

  await startPool(['whole']);
  await finished.next((event) => event.jobId === 'forged');

  expect(seen).toEqual([undefined]);
  expect(await queue.find('whole', ['forged'], never)).toMatchObject([{ state: 'completed' }]);
});

it('divides anew after a renewal, whatever is kept of the earlier parts', async () => {
  let round = 0;
  const { startPool, whole, queue, finished } = await setup({
    whole: async ({ divided: ended }) => {
      if (ended === undefined) return divided(2, ++round);
      ended.forget();
      if (round === 1) throw new ContrailError('ACCESS_DENIED', 'No.');
      return { kind: 'skipped', reason: ended.parts.map((part) => part.id).join(' ') };
    },
    part: async () => ({ kind: 'part', summary: null }),
  });
  await startPool(['whole', 'part']);
  await whole();

  await queue.renew('whole', [{ id: 'all', name: 'all', payload: {} }], never);
  await finished.next((event) => event.jobId === 'all' && event.state === 'completed');

  expect((await queue.find('whole', ['all'], never))[0]).toMatchObject({
    state: 'completed',
    result: { reason: 'all.2.0 all.2.1' },
  });
});

it('leaves no part running on for ever whose whole is gone', async () => {
  const { startPool, openQueue, openRedis, finished } = await setup({
    whole: async ({ divided: ended }) => (ended === undefined ? divided(1) : DONE),
    part: async () => ({ kind: 'part', summary: null }),
  });
  const wholes = openQueue('whole');
  await startPool(['whole']);
  await expect.poll(() => wholes.getWaitingChildrenCount()).toBe(1);
  const client = openRedis();
  await client.del(wholes.toKey('all'));

  const pool = await startPool(['part']);
  await finished.next((event) => event.jobId === 'all.1.0');

  expect(pool.runningCount).toBe(0);
  expect(await client.exists(wholes.toKey('all'))).toBe(0);
});

it('ends as cancelled although its parts are put off for long', async () => {
  let runs = 0;
  const { startPool, openQueue, queue, whole } = await setup({
    whole: async () => {
      runs += 1;
      return divided(3);
    },
    part: async () => ({ kind: 'snoozed', reason: 'later', delayMs: 3_600_000 }),
  });
  await startPool(['whole', 'part']);
  const parts = openQueue('part');
  await expect.poll(() => parts.getDelayedCount(), { timeout: 20_000 }).toBe(3);

  const cancelled = await queue.cancel('whole', ['all'], never);

  expect(cancelled).toEqual({ ended: [], stopping: ['all'], over: [] });
  expect(await whole()).toMatchObject({ state: 'failed', failure: { code: 'CANCELLED' } });
  expect([runs, await parts.getJobCountByTypes('delayed', 'waiting', 'active')]).toEqual([1, 0]);
});

it('removes no job that another one has named as its part', async () => {
  const { openQueue, openRedis, queue } = await setup({ whole: async () => DONE, part: async () => DONE });
  const strangers = openQueue('part');
  await strangers.add('stranger', { payload: {} }, { jobId: 'stranger', delay: 3_600_000 });
  const division = { queue: 'part', ids: ['stranger'], state: null, seal: 'forged' };
  const jobs = openQueue('whole');
  const job = await jobs.getJob('all');
  await job?.updateData({ ...job.data, division });
  // As if a worker held it.
  await openRedis().del(jobs.toKey('prioritized'), jobs.toKey('wait'));

  await queue.cancel('whole', ['all'], never);

  expect(await strangers.getDelayedCount()).toBe(1);
});
