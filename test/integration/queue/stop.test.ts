/** How a pool of workers ends. */
import { expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { abortOf, makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

const ONE_AT_A_TIME = { concurrency: 1 };

it('drains: what runs ends well, what waits stays', async () => {
  const { startPool, enqueue, job } = makeQueueWorld();
  const started = makeGate();
  const gate = makeGate();
  await enqueue('running', 'waiting');
  const pool = await startPool(async () => {
    started.open();
    await gate.passed;
    return DONE;
  }, ONE_AT_A_TIME);
  await started.passed;

  const stopped = pool.stop();
  await enqueue('late');
  gate.open();
  await stopped;

  expect(await job('running')).toMatchObject({ state: 'completed', attempts: 1 });
  expect(await job('waiting')).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(await job('late')).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(pool.runningCount).toBe(0);
});

it('aborts what still runs at the deadline, and gives it back at no attempt’s cost', async () => {
  const { startPool, enqueue, failures, outcomes, ended, job } = makeQueueWorld();
  const started = makeGate();
  const reasons: unknown[] = [];
  await enqueue('a');
  const pool = await startPool(
    async (_payload, { signal }) => {
      started.open();
      reasons.push(await abortOf(signal));
      throw new ContrailError('SERVICE_UNAVAILABLE', 'The stream was cut.');
    },
    { drainDeadlineMs: 20 },
  );
  await started.passed;

  await pool.stop();
  const givenBack = await job('a');
  await startPool(async () => DONE);
  await ended(1);

  expect(reasons).toMatchObject([{ code: 'ABORTED', message: 'The worker is shutting down.' }]);
  expect(givenBack).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(failures.told).toEqual([]);
  expect(outcomes.told).toMatchObject([{ jobId: 'a', attempt: 1 }]);
});

it('gives a job back whose handler does not heed its signal', async () => {
  const { startPool, enqueue, job } = makeQueueWorld();
  const started = makeGate();
  await enqueue('a');
  const pool = await startPool(
    () => {
      started.open();
      return new Promise(() => {});
    },
    { drainDeadlineMs: 20, abortGraceMs: 20 },
  );
  await started.passed;

  await pool.stop();

  expect(await job('a')).toMatchObject({ state: 'waiting', attempts: 0 });
});

it('takes a good end for what it is, even after the deadline', async () => {
  const { startPool, enqueue, outcomes, job } = makeQueueWorld();
  const started = makeGate();
  await enqueue('a');
  const pool = await startPool(
    async (_payload, { signal }) => {
      started.open();
      await abortOf(signal);
      return DONE;
    },
    { drainDeadlineMs: 20 },
  );
  await started.passed;

  await pool.stop();

  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
  expect(outcomes.told).toHaveLength(1);
});

it('may be told twice, while it stops and afterwards', async () => {
  const { startPool, log } = makeQueueWorld();
  const pool = await startPool(async () => DONE);

  const first = pool.stop();
  const second = pool.stop();
  await Promise.all([first, second]);

  await expect(pool.stop()).resolves.toBeUndefined();
  expect(second).toBe(first);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

it('knows when its queue is empty, retries and snoozed jobs included', async () => {
  const { startPool, enqueue, queue, kind } = makeQueueWorld();
  let snoozes = 0;
  await enqueue('snoozing', 'failing', 'plain');
  const pool = await startPool(async (_payload, { jobId, attempt }) => {
    if (jobId === 'failing' && attempt < 3) throw new ContrailError('WAREHOUSE_BUSY', 'Busy.');
    if (jobId === 'snoozing' && snoozes++ < 2) return { kind: 'snoozed', reason: 'not yet', delayMs: 30 };
    return DONE;
  });

  const isDrained = await pool.waitUntilDrained();

  expect(isDrained).toBe(true);
  expect(await queue.counts(kind.queue)).toMatchObject({ completed: 3, waiting: 0, delayed: 0, active: 0 });
});

it('waits no longer for an empty queue once it is stopped', async () => {
  const { startPool, enqueue } = makeQueueWorld();
  await enqueue('a');
  const pool = await startPool(async () => ({ kind: 'snoozed', reason: 'not yet', delayMs: 600_000 }));

  const waiting = pool.waitUntilDrained();
  await pool.stop();

  await expect(waiting).resolves.toBe(false);
});
