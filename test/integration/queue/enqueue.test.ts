/** Asking for work that may be known already. */
import { expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { abortOf, makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { SYSTEM } from '../../support/system.ts';

const THOUSANDS = 2_500;

function request(id: string) {
  return { id, name: id, payload: { step: 2 } };
}

it('swallows no wish without a word: ids that are kept in whatever state are told, and left alone', async () => {
  const { startPool, enqueue, queue, kind, never, finished, job } = makeQueueWorld();
  const gate = makeGate();
  const states = ['completed', 'failed', 'delayed', 'active', 'waiting'];
  const ids = states.map((state) => `to-be-${state}`);
  const isHeld = makeGate();
  await enqueue(...ids);
  await startPool(
    async (_payload, { jobId }) => {
      if (jobId === 'to-be-completed') return DONE;
      if (jobId === 'to-be-failed') throw new ContrailError('RESULTS_MISSING', 'There is no table.');
      if (jobId === 'to-be-delayed') return { kind: 'snoozed', reason: 'not yet', delayMs: 600_000 };
      isHeld.open();
      await gate.passed;
      return DONE;
    },
    { concurrency: 1 },
  );
  await isHeld.passed;

  const enqueued = await queue.enqueue(kind.queue, [...ids, 'fresh'].map(request), never);
  const found = await Promise.all(ids.map(async (id) => (await job(id)).state));
  const payloads = await Promise.all(ids.map(async (id) => (await job(id)).payload));
  gate.open();
  await finished.next(({ jobId }) => jobId === 'fresh');

  expect(enqueued).toEqual({ added: ['fresh'], known: ids });
  expect(found).toEqual(states);
  expect(payloads).toEqual(ids.map((_, step) => ({ step })));
});

it('does again what is renewed, and only what had ended', async () => {
  const { startPool, enqueue, queue, kind, never, finished, job } = makeQueueWorld();
  let isRepaired = false;
  await enqueue('good', 'bad');
  await startPool(async () => {
    if (!isRepaired) throw new ContrailError('BUCKET_MISSING', 'There is no bucket.');
    return DONE;
  });
  await finished.next(({ jobId }) => jobId === 'bad');
  await finished.next(({ jobId }) => jobId === 'good');

  isRepaired = true;
  const renewed = await queue.renew(kind.queue, ['good', 'bad', 'new'].map(request), never);
  for (const id of ['good', 'bad', 'new']) {
    await finished.next(({ jobId, state }) => jobId === id && state === 'completed');
  }

  expect(renewed).toEqual({ added: ['good', 'bad', 'new'], known: [] });
  expect(await job('bad')).toMatchObject({ state: 'completed', attempts: 1, payload: { step: 2 } });
  expect(await queue.counts(kind.queue)).toMatchObject({ completed: 3, failed: 0, waiting: 0 });
});

it('tells a handler how often its work has failed for good before', async () => {
  const { startPool, enqueue, queue, kind, never, failures, finished } = makeQueueWorld();
  const rounds: number[] = [];
  await enqueue('bad');
  await startPool(async (_payload, { failedRounds }) => {
    rounds.push(failedRounds);
    throw new ContrailError('ACCESS_DENIED', 'A permission is missing.');
  });

  for (const round of [1, 2, 3]) {
    await finished.next(() => finished.told.length === round);
    await queue.renew(kind.queue, [request('bad')], never);
  }
  await failures.next(() => failures.told.length === 4);

  expect(rounds).toEqual([0, 1, 2, 3]);
});

it('does each job once when two producers ask for thousands of the same at once, while workers take them', async () => {
  const { redisUrl, prefix, kind, queue, never, startPool, ended } = makeQueueWorld();
  const other = new BullmqJobQueue({ ...SYSTEM, redisUrl, prefix, kinds: [kind] });
  const requests = Array.from({ length: THOUSANDS }, (_, index) => request(`job-${index}`));
  const done: string[] = [];
  await startPool(
    async (_payload, { jobId }) => {
      done.push(jobId);
      return DONE;
    },
    { concurrency: 50 },
  );

  const results = await Promise.all([
    queue.enqueue(kind.queue, requests, never),
    other.enqueue(kind.queue, requests.toReversed(), never),
  ]);
  await ended(THOUSANDS);
  await other.close();

  expect(done).toHaveLength(THOUSANDS);
  expect(new Set(done).size).toBe(THOUSANDS);
  const added = results.flatMap((result) => result.added);
  expect(new Set(added).size).toBe(THOUSANDS);
  expect(added).toHaveLength(THOUSANDS);
  expect(results.flatMap((result) => result.known)).toHaveLength(THOUSANDS);
});

it('leaves a running job to its worker when somebody renews it', async () => {
  const { startPool, enqueue, queue, kind, never, ended, job } = makeQueueWorld();
  const started = makeGate();
  const gate = makeGate();
  let runs = 0;
  await enqueue('a');
  await startPool(async (_payload, { signal }) => {
    runs += 1;
    started.open();
    await Promise.race([gate.passed, abortOf(signal)]);
    return DONE;
  });
  await started.passed;

  const renewed = await queue.renew(kind.queue, [request('a')], never);
  gate.open();
  await ended(1);

  expect(renewed).toEqual({ added: [], known: ['a'] });
  expect(runs).toBe(1);
  expect(await job('a')).toMatchObject({ state: 'completed', payload: { step: 0 } });
});

it('refuses jobs for a queue that no kind of job has', async () => {
  const { queue, never } = makeQueueWorld();

  const act = queue.enqueue('elsewhere', [request('a')], never);

  await expect(act).rejects.toMatchObject({
    code: 'INTERNAL',
    message: 'No kind of job is known for the queue elsewhere.',
  });
});
