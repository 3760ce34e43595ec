/** A worker that is up but takes nothing is replaced; that happens after outages of Redis. */
import { expect, it, vi } from 'vitest';
import { ReadableWorker } from '../../../src/queue/bullmq/readable-job.ts';
import type { WorkerPoolOptions } from '../../../src/queue/bullmq/worker-pool.ts';
import { abortOf, makeGate } from '../../support/gate.ts';
import { DONE, type Handle, makeQueueWorld } from '../../support/queue-world.ts';

const PACE = { watchPace: { lookMs: 50, patienceMs: 300 } };

/** A pool of which the first worker can be held of. */
async function setup(handle: Handle, options: Partial<WorkerPoolOptions> = {}) {
  const world = makeQueueWorld();
  const run = vi.spyOn(ReadableWorker.prototype, 'run');
  const pool = await world.startPool(handle, { ...PACE, ...options });
  await vi.waitFor(() => expect(run).toHaveBeenCalled());
  const workers = run.mock.contexts.filter((worker) => worker instanceof ReadableWorker);
  run.mockRestore();
  const replacements = () => world.log.lines.filter(({ text }) => text.includes('is replaced'));
  return {
    ...world,
    pool,
    replacements,
    /** The loop goes on, and takes nothing but the job that it was waiting for. */
    hang: async () => {
      for (const worker of workers) await worker.pause(true);
      await world.enqueue('last');
      await world.finished.next(({ jobId }) => jobId === 'last');
    },
  };
}

it('takes jobs again with another worker', async () => {
  const { hang, enqueue, ended, replacements, failures, job } = await setup(async () => DONE);
  await enqueue('before');
  await ended(1);
  await hang();

  await enqueue('a', 'b', 'c');
  await ended(5);

  expect(replacements()).toMatchObject([{ level: 'error', fields: { queue: 'work' } }]);
  expect(failures.told).toEqual([]);
  expect(await job('c')).toMatchObject({ state: 'completed', attempts: 1 });
});

it('lets the running jobs of the old worker end where they are', async () => {
  const started = makeGate();
  const goOn = makeGate();
  const attempts: string[] = [];
  const { hang, enqueue, ended, job, pool, replacements } = await setup(async (_payload, { jobId }) => {
    attempts.push(jobId);
    if (jobId === 'long') {
      started.open();
      await goOn.passed;
    }
    return DONE;
  });
  await enqueue('long');
  await started.passed;
  await hang();
  await enqueue('a');

  await ended(2);
  const running = pool.runningCount;
  goOn.open();
  await ended(3);
  await pool.stop();

  expect([running, attempts]).toEqual([1, ['long', 'last', 'a']]);
  expect(await job('long')).toMatchObject({ state: 'completed', attempts: 1 });
  expect(replacements()).toHaveLength(1);
});

it('stops with a worker that hangs, and gives its job back', async () => {
  const started = makeGate();
  const { hang, enqueue, pool, job } = await setup(
    async (_payload, { jobId, signal }) => {
      if (jobId === 'last') return DONE;
      started.open();
      throw await abortOf(signal);
    },
    { drainDeadlineMs: 50, concurrency: 3 },
  );
  await enqueue('long');
  await started.passed;
  await hang();
  await enqueue('a');
  await vi.waitFor(() => expect(pool.runningCount).toBe(2), { timeout: 20_000 });

  await pool.stop();

  expect(await job('long')).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(await job('a')).toMatchObject({ state: 'waiting', attempts: 0 });
});
