/** Backfills on a real Redis: several people at once, commands that die, and what it costs. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryRecordSink } from '../../../src/adapters/memory/record-sink.ts';
import { cancelBackfill, setPaused } from '../../../src/app/backfills/change-backfill.ts';
import { followBackfill } from '../../../src/app/backfills/follow-backfill.ts';
import { noteEnds } from '../../../src/app/backfills/job-ends.ts';
import { JoiningQueue } from '../../../src/app/backfills/joining-queue.ts';
import { settleBackfill } from '../../../src/app/backfills/settle.ts';
import { MS_PER_DAY } from '../../../src/domain/utc-time.ts';
import { LIST_PRICES } from '../../../src/domain/query-cost-price.ts';
import type { Backfill } from '../../../src/ports/backfills.ts';
import type { JobRequest } from '../../../src/ports/job-queue.ts';
import { connectProducer } from '../../../src/queue/bullmq/connection.ts';
import { RedisBackfills } from '../../../src/queue/bullmq/redis-backfills.ts';
import { abortOf } from '../../support/gate.ts';
import { DONE, makeQueueWorld, type QueueWorldOptions, WORK } from '../../support/queue-world.ts';
import { startRestartableRedis } from '../../support/restartable-redis.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { makeSignal } from '../../support/signal.ts';
import { SYSTEM } from '../../support/system.ts';

const ID = 'b00000001';
const { clock } = SYSTEM;

async function setup(options: QueueWorldOptions = {}) {
  const world = makeQueueWorld(options);
  const { redisUrl, prefix, queue, log, never } = world;
  const open = () => {
    const backfills = new RedisBackfills({ redisUrl, prefix, queues: [WORK.queue] });
    onTestFinished(() => backfills.close());
    return backfills;
  };
  const backfills = open();
  await backfills.create({ id: ID, at: clock.now(), by: 'ann@host', selection: '' });
  const recording = { sink: new MemoryRecordSink(), clock, log, worker: 'test', pricing: LIST_PRICES };
  const joining = new JoiningQueue({ queue, backfills, id: ID });
  const found = async (): Promise<Backfill> => {
    const backfill = await backfills.find(ID);
    if (backfill === undefined) throw new Error('it is gone');
    return backfill;
  };
  return {
    ...world,
    backfills,
    open,
    joining,
    found,
    enqueue: (count: number) => joining.enqueue(WORK.queue, requests(count), never),
    pause: (by = backfills) => setPaused(by, { id: ID, isPaused: true, signal: never }),
    resume: (by = backfills) => setPaused(by, { id: ID, isPaused: false, signal: never }),
    cancel: (by = backfills) => cancelBackfill({ backfills: by, queue, recording, clock }, ID, never),
    settle: async (now = clock.now()) =>
      settleBackfill({ queue, backfills, clock: { now: () => now } }, await found(), never),
    hooks: noteEnds({ backfills, pricing: LIST_PRICES, log }),
  };
}

function requests(count: number): JobRequest[] {
  return Array.from({ length: count }, (_, step) => ({
    id: `job-${step}`,
    name: `job ${step}`,
    payload: { step },
    priority: 1 + (step % 20),
  }));
}

describe('a backfill', () => {
  it('ends up as the last of several people left it, however they pause and resume at once', async () => {
    const { enqueue, pause, resume, open, queue, found } = await setup();
    await enqueue(1_500);
    const people = [open(), open(), open()];

    await Promise.all(
      people.map(async (person, turn) => {
        for (let step = 0; step < 4; step++) await ((step + turn) % 2 === 0 ? pause(person) : resume(person));
      }),
    );
    const { state } = await found();
    const { waiting, delayed } = await queue.counts(WORK.queue);
    await resume();
    const resumed = await queue.counts(WORK.queue);

    // Jobs that were let go are delayed for a moment, until a worker looks.
    expect(state === 'paused' ? [waiting, delayed] : waiting + delayed).toEqual(
      state === 'paused' ? [0, 1_500] : 1_500,
    );
    expect(resumed.waiting + resumed.delayed).toBe(1_500);
  });

  it('runs each job once when it is paused and resumed while workers are at it', async () => {
    const { enqueue, pause, resume, startPool, hooks, found, ended } = await setup();
    const ran = new Map<number, number>();
    await startPool(async ({ step }) => {
      ran.set(step, (ran.get(step) ?? 0) + 1);
      return DONE;
    }, hooks);

    const enqueuing = enqueue(600);
    for (let turn = 0; turn < 10; turn++) await (turn % 2 === 0 ? pause() : resume());
    await enqueuing;
    await ended(600);

    expect([ran.size, ...new Set(ran.values())]).toEqual([600, 1]);
    expect(await found()).toMatchObject({ open: 0, ended: { unchanged: 600 } });
  });

  it('leaves no job behind when it is cancelled while its jobs are enqueued', async () => {
    const { joining, cancel, queue, found, never } = await setup();
    const jobs = requests(6_000);
    const enqueuing = joining.enqueue(WORK.queue, jobs, never).then(
      () => 'done',
      (error: { readonly code: string }) => error.code,
    );
    while ((await queue.counts(WORK.queue)).waiting === 0) await clock.sleep(1);

    const cancelled = await cancel();
    const outcome = await enqueuing;
    await cancel();

    expect(outcome).toBe('BACKFILL_CANCELLED');
    expect(cancelled.backfill.state).toBe('cancelled');
    expect(await queue.openIds(WORK.queue, never)).toEqual([]);
    expect(await found()).toMatchObject({ open: 0, ended: { published: 0, unchanged: 0, failed: 0, gone: 0 } });
  });

  it('stops a running job when it is cancelled, and enqueues the same work again when somebody asks', async () => {
    const { enqueue, cancel, startPool, hooks, job, queue, never, found } = await setup();
    const started = makeSignal<string>();
    await startPool(
      async (_payload, { jobId, signal }) => {
        started.tell(jobId);
        await abortOf(signal);
        throw signal.reason;
      },
      { ...hooks, concurrency: 1, drainDeadlineMs: 1 },
    );
    const enqueued = enqueue(3);
    await started.next(() => true);
    await enqueued;

    const { backfill, cancelled, stopped } = await cancel();
    const again = await queue.renew(WORK.queue, requests(1), never);

    expect([cancelled, stopped, backfill.open]).toEqual([2, 1, 0]);
    expect(await found()).toMatchObject({ ended: { cancelled: 3 } });
    expect(again.added).toEqual(['job-0']);
    expect((await job('job-0')).state).not.toBe('failed');
  });

  it('counts what its command enqueued before it was killed, and what it did not as gone', async () => {
    const { backfills, joining, settle, queue, never, prefix, redisUrl } = await setup();
    const chunk = requests(3);
    await joining.enqueue(WORK.queue, chunk.slice(0, 2), never);
    // Here the command was killed: the last one has joined and is not in the queue.
    await backfills.join(ID, [{ queue: WORK.queue, id: 'job-2' }]);

    const atOnce = await settle();
    const later = await settle(clock.now() + 120_000);
    const next = new RedisBackfills({ redisUrl, prefix, queues: [WORK.queue] });
    onTestFinished(() => next.close());
    await next.create({ id: 'b00000002', at: clock.now(), by: 'ann', selection: '' });
    const again = await new JoiningQueue({ queue, backfills: next, id: 'b00000002' }).enqueue(WORK.queue, chunk, never);

    expect(atOnce).toMatchObject({ open: 3, isEnqueued: false });
    expect(later).toMatchObject({ open: 2, ended: { gone: 1 } });
    expect(again).toEqual({ added: ['job-2'], known: ['job-0', 'job-1'] });
    expect(await next.find('b00000002')).toMatchObject({ open: 1 });
  });

  it('finds the ends of jobs that no worker could note', async () => {
    const { enqueue, startPool, ended, settle, found } = await setup();
    await enqueue(3);
    await startPool(async ({ step }) => {
      if (step === 1) throw new TypeError('broken');
      return DONE;
    });
    await ended(3);

    const before = await found();
    const settled = await settle(clock.now() + 120_000);

    expect([before.open, settled.open]).toEqual([3, 0]);
    expect(settled.ended).toMatchObject({ unchanged: 2, failed: 1, gone: 0 });
  });

  it('is followed to its end, with a word when it is paused', async () => {
    const { enqueue, backfills, pause, resume, startPool, hooks, queue, never } = await setup();
    await enqueue(5);
    await backfills.complete(ID);
    await pause();
    await startPool(async () => DONE, hooks);
    const said: string[] = [];

    const end = await followBackfill(
      { queue, backfills, clock },
      {
        id: ID,
        signal: never,
        onProgress: () => undefined,
        onPaused: () => {
          said.push('paused');
          void resume();
        },
        onIdle: () => said.push('idle'),
        onRedisAway: () => said.push('away'),
      },
    );

    expect(end).toMatchObject({ open: 0, ended: { unchanged: 5 } });
    expect(said).toEqual(['paused']);
  });
});

it('is followed through a Redis that is away for a while', async () => {
  const redis = await startRestartableRedis();
  const { enqueue, backfills, startPool, hooks, queue, never } = await setup({ redis });
  await enqueue(2);
  await backfills.complete(ID);
  const said: string[] = [];
  let killed: Promise<void> | undefined;
  const follow = {
    id: ID,
    signal: never,
    onProgress: () => (killed ??= redis.kill()),
    onPaused: () => undefined,
    onIdle: () => undefined,
    onRedisAway: ({ code }: { readonly code: string }) => {
      said.push(code);
      void redis.start().then(() => startPool(async () => DONE, hooks));
    },
  };

  const end = await followBackfill({ queue, backfills, clock }, follow);

  expect(end).toMatchObject({ open: 0, ended: { unchanged: 2 } });
  expect(said).toEqual(['REDIS_UNREACHABLE']);
});

describe('a backfill of 10,000 jobs', () => {
  it('is paused and resumed with a hundred commands, and followed with a handful a second', async () => {
    const redis = await startTestRedis();
    const world = await setup({ redis: { redisUrl: redis.url, prefix: 'count' } });
    await world.enqueue(10_000);
    const sent = async (work: () => Promise<unknown>) => {
      await redis.command('CONFIG', 'RESETSTAT');
      await work();
      const stats = String(await redis.command('INFO', 'commandstats'));
      const calls = [...stats.matchAll(/^cmdstat_(eval|evalsha|sscan):calls=(\d+)/gm)].map((match) => Number(match[2]));
      return calls.reduce((sum, count) => sum + count, 0);
    };

    const counts = [await sent(() => world.pause()), await sent(() => world.resume()), await sent(() => world.found())];

    expect(counts[0]).toBeLessThanOrEqual(100);
    expect(counts[1]).toBeLessThanOrEqual(100);
    expect(counts[2]).toBe(1);
  });
});

it('keeps a backfill for thirty days after the last day on which one of its jobs ended', async () => {
  const { redisUrl, prefix, backfills, enqueue } = await setup();
  await enqueue(2);
  const redis = connectProducer(redisUrl);
  onTestFinished(() => redis.disconnect());
  const record = `${prefix}:backfills:${ID}`;
  const weekAgo = clock.now() - 7 * MS_PER_DAY;
  await redis
    .multi()
    .hset(record, 'changedAt', weekAgo)
    .pexpire(record, 23 * MS_PER_DAY)
    .exec();

  await backfills.end(ID, [{ queue: WORK.queue, id: 'job-0' }], { end: 'published' });

  expect(await redis.pttl(record)).toBeGreaterThan(29 * MS_PER_DAY);
});
