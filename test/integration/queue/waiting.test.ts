/** Jobs that must wait, at no attempt's cost: snoozed ones, and those of a throttled queue. */
import { expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';

const POLL = { timeout: 10_000, interval: 10 };

it('takes a snoozed job up again when its time has come, as the same attempt', async () => {
  const { startPool, enqueue, outcomes, failures, ended, job } = makeQueueWorld();
  await enqueue('a');
  const attempts: number[] = [];

  await startPool(async (_payload, { attempt }) => {
    attempts.push(attempt);
    return attempts.length < 6 ? { kind: 'snoozed', reason: 'not yet', delayMs: 10 } : DONE;
  });
  await ended(1);

  expect(attempts).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
  expect(outcomes.told.map(({ outcome }) => outcome)).toEqual([DONE]);
  expect(failures.told).toEqual([]);
});

it('works on other jobs while one is snoozed', async () => {
  const { startPool, enqueue, ended, job } = makeQueueWorld();
  await enqueue('a', 'b');

  await startPool(
    async (_payload, { jobId }) => (jobId === 'a' ? { kind: 'snoozed', reason: 'not yet', delayMs: 600_000 } : DONE),
    { concurrency: 1 },
  );
  await ended(1);

  expect(await job('a')).toMatchObject({ state: 'delayed', attempts: 0 });
  expect(await job('b')).toMatchObject({ state: 'completed' });
});

it('rests the whole queue when a service asks for fewer requests', async () => {
  const { startPool, enqueue, failures, job, log, openBoard } = makeQueueWorld();
  const board = openBoard();
  await enqueue('a', 'b', 'c');
  const handled: string[] = [];

  await startPool(
    async (_payload, { jobId }) => {
      handled.push(jobId);
      throw new ContrailError('THROTTLED', 'Slower, please.');
    },
    { throttle: { firstDelayMs: 600_000, longestDelayMs: 600_000 }, concurrency: 1 },
  );
  await expect.poll(() => board.getRateLimitTtl(), POLL).toBeGreaterThan(200_000);
  await expect.poll(async () => (await job('a')).state, POLL).toBe('waiting');
  const late = await startSecondPool();

  expect(handled).toEqual(['a']);
  expect(late).toEqual([]);
  expect(await job('a')).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(failures.told).toEqual([]);
  expect(log.lines.map(({ text }) => text)).not.toContain('the time to drain is over: running jobs are given back');

  /** Another process that starts meanwhile rests as well, and stops without a wait for the end of the rest. */
  async function startSecondPool(): Promise<string[]> {
    const taken: string[] = [];
    const pool = await startPool(async (_payload, { jobId }) => {
      taken.push(jobId);
      return DONE;
    });
    await pool.ready();
    await pool.stop();
    return taken;
  }
});

it('charges no attempt for being throttled, however often', async () => {
  const { startPool, enqueue, failures, ended, job } = makeQueueWorld();
  await enqueue('a', 'b');
  let refusals = 8;
  const attempts = new Set<number>();

  await startPool(
    async (_payload, { attempt }) => {
      attempts.add(attempt);
      if (refusals-- > 0) throw new ContrailError('THROTTLED', 'Slower, please.');
      return DONE;
    },
    { throttle: { firstDelayMs: 5, longestDelayMs: 10 } },
  );
  await ended(2);

  expect([...attempts]).toEqual([1]);
  expect(failures.told).toEqual([]);
  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 1 });
  expect(await job('b')).toMatchObject({ state: 'completed', attempts: 1 });
});

it('rests longer with each refusal in a row, and starts anew after a job that ended well', async () => {
  const { startPool, enqueue, ended, log } = makeQueueWorld();
  await enqueue('a', 'b');
  const refusals = new Map([
    ['a', 4],
    ['b', 1],
  ]);

  await startPool(
    async (_payload, { jobId }) => {
      const left = refusals.get(jobId) ?? 0;
      refusals.set(jobId, left - 1);
      if (left > 0) throw new ContrailError('THROTTLED', 'Slower, please.');
      return DONE;
    },
    {
      throttle: { firstDelayMs: 20, longestDelayMs: 80 },
      random: { ...systemRandom, fraction: () => 0 },
      concurrency: 1,
    },
  );
  await ended(2);

  const rests = log.lines.filter(({ text }) => text === 'throttled: the queue rests');
  expect(rests.map(({ fields }) => [fields['jobId'], fields['delayMs']])).toEqual([
    ['a', 10],
    ['a', 20],
    ['a', 40],
    ['a', 40],
    ['b', 10],
  ]);
});

it('rests once for a wave of refusals, and tells each of them', async () => {
  const { startPool, enqueue, throttled, log, ended } = makeQueueWorld();
  const ids = Array.from({ length: 16 }, (_, index) => `job-${index}`);
  const refused = new Set<string>();
  const all = makeGate();
  await enqueue(...ids);

  await startPool(
    async (_payload, { jobId }) => {
      if (refused.has(jobId)) return DONE;
      refused.add(jobId);
      if (refused.size === ids.length) all.open();
      await all.passed;
      throw new ContrailError('THROTTLED', 'Slower, please.');
    },
    { concurrency: 16 },
  );
  await ended(ids.length);

  expect(throttled.told.map(({ jobId, times }) => `${jobId} ${times}`).toSorted()).toEqual(
    ids.map((id) => `${id} 1`).toSorted(),
  );
  expect(throttled.told.filter(({ restMs }) => restMs > 0)).toHaveLength(1);
  expect(log.lines.filter(({ text }) => text === 'throttled: the queue rests')).toHaveLength(1);
});

it('shows on the board how often a job was throttled, and forgets it when the job fails otherwise', async () => {
  const { startPool, enqueue, throttled, ended, openBoard } = makeQueueWorld();
  const board = openBoard();
  await enqueue('a');
  let runs = 0;

  const seen: unknown[] = [];
  await startPool(async () => {
    runs += 1;
    seen.push((await board.getJob('a'))?.data.throttled?.times);
    if (runs <= 2) throw new ContrailError('THROTTLED', 'Slower, please.');
    if (runs === 3) throw new ContrailError('WAREHOUSE_BUSY', 'Busy.');
    return DONE;
  });
  await ended(1);

  expect(seen).toEqual([undefined, 1, 2, undefined]);
  expect(throttled.told).toMatchObject([
    { queue: 'work', jobId: 'a', attempt: 1, times: 1, error: { code: 'THROTTLED' } },
    { times: 2 },
  ]);
  const { logs } = await board.getJobLogs('a');
  expect(logs).toEqual([
    expect.stringMatching(/^throttled 1 times, /),
    expect.stringMatching(/^throttled 2 times, /),
    'Busy.',
  ]);
});

it('gives a job up that was throttled for too long, with the reason', async () => {
  const { startPool, enqueue, failures, ended, job } = makeQueueWorld();
  await enqueue('a');

  await startPool(
    async () => {
      throw new ContrailError('THROTTLED', 'Slower, please.');
    },
    { throttle: { firstDelayMs: 1, longestDelayMs: 1 }, throttleLimitMs: 1 },
  );
  await ended(1);

  expect(failures.told).toMatchObject([{ final: true, error: { code: 'THROTTLED_TOO_LONG' } }]);
  expect(await job('a')).toMatchObject({
    state: 'failed',
    attempts: 1,
    failure: {
      class: 'environment',
      code: 'THROTTLED_TOO_LONG',
      message: expect.stringMatching(/^a was refused \d+ times .* Slower, please\. Raise the quota/),
    },
  });
});
