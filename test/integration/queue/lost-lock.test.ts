/** What happens to an attempt whose lock is lost, as after a pause of its process: the job is somebody else's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import type { JobOutcome } from '../../../src/domain/outcome.ts';
import { abortOf, makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld, type QueueWorld } from '../../support/queue-world.ts';
import { makeSignal } from '../../support/signal.ts';

const POLL = { timeout: 10_000, interval: 10 };
const SHORT = { lockMs: 400, stallCheckMs: 50 };

/** As if the lock had run out. */
async function loseLock({ redisUrl, prefix }: QueueWorld, id: string): Promise<void> {
  const redis = new Redis(redisUrl);
  onTestFinished(() => redis.disconnect());
  expect(await redis.del(`${prefix}:work:${id}:lock`)).toBe(1);
}

function outcome(reason: string): JobOutcome {
  return { kind: 'skipped', reason };
}

it('aborts the attempt, and another worker does the job, which the late one can change no more', async () => {
  const world = makeQueueWorld();
  const { startPool, enqueue, finished, failures, job } = world;
  const started = makeGate();
  const aborted = makeSignal<unknown>();
  const release = makeGate();
  await enqueue('a');
  const first = await startPool(
    async (_payload, { signal }) => {
      started.open();
      aborted.tell(await abortOf(signal));
      await release.passed;
      return outcome('too late');
    },
    { ...SHORT, concurrency: 1 },
  );
  await started.passed;

  await loseLock(world, 'a');
  const reason = await aborted.next();
  await startPool(async () => outcome('in time'), SHORT);
  await finished.next();
  release.open();
  await first.stop();

  expect(reason).toMatchObject({ code: 'ABORTED', message: 'The worker lost its hold on the job.' });
  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1, result: outcome('in time') });
  expect(finished.told).toHaveLength(1);
  expect(failures.told).toEqual([]);
});

it('counts no failure of an attempt that ends because its lock is lost', async () => {
  const world = makeQueueWorld();
  const { startPool, enqueue, ended, failures, job } = world;
  const started = makeGate();
  const attempts: number[] = [];
  await enqueue('a');
  await startPool(async (_payload, { attempt, signal }) => {
    attempts.push(attempt);
    if (attempts.length > 1) return DONE;
    started.open();
    throw await abortOf(signal);
  }, SHORT);
  await started.passed;

  await loseLock(world, 'a');
  await ended(1);

  expect(attempts).toEqual([1, 1]);
  expect(failures.told).toEqual([]);
  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
});

it('never is at one job twice in a process, even if the first attempt does not heed its signal', async () => {
  const world = makeQueueWorld();
  const { startPool, enqueue, ended, job } = world;
  const started = makeGate();
  const release = makeGate();
  let running = 0;
  let mostAtOnce = 0;
  let runs = 0;
  await enqueue('a');
  await startPool(async () => {
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    runs += 1;
    started.open();
    if (runs === 1) await release.passed;
    running -= 1;
    return outcome(`run ${runs}`);
  }, SHORT);
  await started.passed;

  await loseLock(world, 'a');
  await expect.poll(async () => (await job('a')).state, POLL).toBe('delayed');
  release.open();
  await ended(1);

  expect(runs).toBe(2);
  expect(mostAtOnce).toBe(1);
  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1, result: outcome('run 2') });
});

it('keeps the lock of a job that takes many times as long as a lock lasts', async () => {
  const { startPool, enqueue, ended, job, openBoard } = makeQueueWorld();
  const board = openBoard();
  let runs = 0;
  await enqueue('a');

  await startPool(
    async (_payload, { signal }) => {
      runs += 1;
      await sleep(1_500, undefined, { signal });
      return DONE;
    },
    { lockMs: 300, stallCheckMs: 50 },
  );
  await ended(1);

  expect(runs).toBe(1);
  expect(await job('a')).toMatchObject({ state: 'completed' });
  expect((await board.getJob('a'))?.stalledCounter).toBe(0);
});
