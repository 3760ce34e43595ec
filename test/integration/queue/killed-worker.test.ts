/** Worker processes that are killed in the middle of their jobs, as by a deploy or for want of memory. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { DONE, makeQueueWorld, type QueueWorld } from '../../support/queue-world.ts';
import { makeSignal } from '../../support/signal.ts';

const SCRIPT = fileURLToPath(new URL('../../support/worker-child.mjs', import.meta.url));
const LOCKS = { lockMs: 600, stallCheckMs: 100 };

interface Start {
  readonly jobId: string;
  readonly attempt: number;
}

/** Starts a worker process, kills it when it is at the jobs that it holds, and gives what it had started. */
async function workUntilKilled({ redisUrl, prefix, kind }: QueueWorld, holds: readonly string[]): Promise<Start[]> {
  const child = fork(SCRIPT, [JSON.stringify({ redisUrl, prefix, queue: kind.queue, holds, ...LOCKS })]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const starts = makeSignal<Start>();
  child.on('message', (start: Start) => starts.tell(start));
  await Promise.all(holds.map((id) => starts.next(({ jobId }) => jobId === id)));
  child.kill('SIGKILL');
  await exited;
  return [...starts.told];
}

it('costs a job nothing that its worker is killed five times', { timeout: 60_000 }, async () => {
  const world = makeQueueWorld();
  const { startPool, enqueue, queue, kind, never, failures, ended } = world;
  const ids = Array.from({ length: 12 }, (_, index) => `job-${index}`);
  const starts: Start[] = [];
  await enqueue(...ids);

  for (let kills = 1; kills <= 5; kills++) starts.push(...(await workUntilKilled(world, ['job-0', 'job-1'])));
  const left = (await queue.find(kind.queue, ids, never)).filter(({ state }) => state !== 'completed').length;
  await startPool(async () => DONE, LOCKS);
  await ended(left);

  const jobs = await queue.find(kind.queue, ids, never);
  expect(jobs.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(ids.map(() => 'completed 1'));
  expect(starts.filter(({ jobId }) => jobId === 'job-0')).toEqual(
    Array.from({ length: 5 }, () => ({ jobId: 'job-0', attempt: 1 })),
  );
  expect(failures.told).toEqual([]);
});

it('fails a job that has ended its worker as often as the limit says, and does it again when asked to', async () => {
  const world = makeQueueWorld();
  const { startPool, enqueue, queue, kind, never, failures, finished, job } = world;
  await enqueue('poison');
  await workUntilKilled(world, ['poison']);
  await workUntilKilled(world, ['poison']);

  await startPool(async () => DONE, { ...LOCKS, crashLimit: 2 });
  await finished.next(({ jobId }) => jobId === 'poison');
  const failed = await job('poison');
  await queue.renew(kind.queue, [{ id: 'poison', name: 'poison', payload: { step: 1 } }], never);
  await finished.next(({ jobId, state }) => jobId === 'poison' && state === 'completed');

  expect(failed).toMatchObject({
    state: 'failed',
    failure: { class: 'content', code: 'JOB_CRASHED', message: expect.stringContaining('crashed 2 times') },
  });
  expect(failures.told).toMatchObject([{ jobId: 'poison', final: true, error: { code: 'JOB_CRASHED' } }]);
});

it('counts the crashes anew when a person retries the job on the board', async () => {
  const world = makeQueueWorld();
  const { startPool, enqueue, finished, job, openBoard } = world;
  await enqueue('poison');
  await workUntilKilled(world, ['poison']);
  await startPool(async () => DONE, { ...LOCKS, crashLimit: 1 });
  await finished.next(({ state }) => state === 'failed');

  await (await openBoard().getJob('poison'))?.retry('failed');
  await finished.next(({ state }) => state === 'completed');

  expect(await job('poison')).toMatchObject({ state: 'completed' });
});
