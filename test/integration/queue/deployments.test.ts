/** Two deployments that share one Redis and one prefix by mistake. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { deploymentAt } from '../../../src/domain/deployment.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { RedisRecordStage } from '../../../src/queue/bullmq/redis-record-stage.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { SYSTEM } from '../../support/system.ts';

const DATASETS = { resultsDataset: 'mozanalysis', monitoringDataset: 'monitoring' };
const OURS = deploymentAt({ ...DATASETS, warehouse: 'bigquery://ours', bucket: 'gs://ours' });
const THEIRS = deploymentAt({ ...DATASETS, warehouse: 'bigquery://theirs', bucket: 'gs://theirs' });

const request = (id: string) => ({ id, name: id, payload: { step: 1 } });

function makeWorlds() {
  const world = makeQueueWorld();
  const { redisUrl, prefix, kind, never } = world;
  const queueOf = (deployment: typeof OURS) => {
    const queue = new BullmqJobQueue({ ...SYSTEM, redisUrl, prefix, kinds: [kind], deployment });
    onTestFinished(() => queue.close());
    return queue;
  };
  return { ...world, kind, never, ours: queueOf(OURS), theirs: queueOf(THEIRS) };
}

it('refuses a job of another deployment with a sentence that names both, and leaves it to its own worker', async () => {
  const { ours, theirs, kind, never, startPool, finished, log, openBoard } = makeWorlds();
  const done: string[] = [];
  await theirs.enqueue(kind.queue, [request('theirs')], never);
  await ours.enqueue(kind.queue, [request('ours')], never);

  const pool = await startPool(
    async (_payload, { jobId }) => {
      done.push(`ours did ${jobId}`);
      return DONE;
    },
    { deployment: OURS },
  );
  const isDrained = await pool.waitUntilDrained();

  const [job] = await theirs.find(kind.queue, ['theirs'], never);
  const { logs } = await openBoard().getJobLogs('theirs');
  expect(isDrained).toBe(true);
  expect(done).toEqual(['ours did ours']);
  expect(job).toMatchObject({ state: 'delayed', attempts: 0 });
  for (const text of [logs.join('\n'), JSON.stringify(log.lines)]) {
    expect(text).toContain(OURS.name);
    expect(text).toContain(THEIRS.name);
  }

  await startPool(
    async (_payload, { jobId }) => {
      done.push(`theirs did ${jobId}`);
      return DONE;
    },
    { deployment: THEIRS },
  );
  // Either pool may take it first; ours puts it back until theirs has it.
  const board = openBoard();
  const isDone = finished.next(({ jobId }) => jobId === 'theirs').then(() => true);
  while (!(await Promise.race([isDone, sleep(100, false)]))) await board.promoteJobs();
  expect(done).toEqual(['ours did ours', 'theirs did theirs']);
});

it('does not take the job of another deployment for its own, whatever its state', async () => {
  const { ours, theirs, kind, never, startPool, finished } = makeWorlds();
  await theirs.enqueue(kind.queue, ['waits', 'fails'].map(request), never);

  const pool = await startPool(
    async (_payload, { jobId }) => {
      if (jobId === 'fails') throw new ContrailError('RESULTS_MISSING', 'There is no table.');
      return DONE;
    },
    { deployment: THEIRS },
  );
  await finished.next(({ jobId }) => jobId === 'fails');
  await pool.stop();
  const seen = await ours.find(kind.queue, ['waits', 'fails'], never);
  const enqueued = await ours.enqueue(kind.queue, ['waits', 'fails'].map(request), never);
  const repeated = await ours.enqueue(kind.queue, [request('waits')], never);
  const renewed = await ours.renew(kind.queue, [request('fails')], never);
  const mine = await ours.find(kind.queue, ['waits', 'fails'], never);
  const [failed] = await theirs.find(kind.queue, ['fails'], never);

  expect(seen).toEqual([]);
  expect(enqueued).toEqual({ added: ['waits', 'fails'], known: [] });
  expect(repeated).toEqual({ added: [], known: ['waits'] });
  expect(renewed).toEqual({ added: [], known: ['fails'] });
  expect(mine.map(({ id, state }) => [id, state])).toEqual([
    ['waits', 'waiting'],
    ['fails', 'waiting'],
  ]);
  expect(failed).toMatchObject({ state: 'failed' });
});

it('does a job that names no deployment: those of older versions, and those made by hand', async () => {
  const { enqueue, startPool, finished } = makeQueueWorld();
  await enqueue('old');

  await startPool(async () => DONE, { deployment: OURS });

  expect(await finished.next(({ jobId }) => jobId === 'old')).toMatchObject({ state: 'completed' });
});

it('keeps the records of deployments apart', async () => {
  const { redisUrl, prefix } = makeQueueWorld();
  const [ours, theirs] = [OURS, THEIRS].map((deployment) => {
    const stage = new RedisRecordStage({ redisUrl, prefix, deployment, windowMs: 1_000 });
    onTestFinished(() => stage.close());
    return stage;
  });

  const window = await theirs?.stage({ id: 'batch', table: 'logs', rows: [{ message: 'theirs' }] });

  expect(await ours?.windows()).toEqual([]);
  expect(window).toBeDefined();
  expect(await theirs?.take(window!)).toEqual([{ message: 'theirs' }]);
});
