/** When workers start, and when they refuse to. */
import { expect, it } from 'vitest';
import { startWorkerPool } from '../../../src/queue/bullmq/worker-pool.ts';
import { DONE, makeQueueWorld, type QueueWorld } from '../../support/queue-world.ts';
import { SYSTEM } from '../../support/system.ts';

function poolOptions({ redisUrl, prefix, log, kind }: QueueWorld) {
  const handler = { kind, handle: async () => DONE };
  return { redisUrl, prefix, log, kinds: [kind], handlers: [handler] };
}

it('refuses to start when a kind of job has no handler, and takes no job', async () => {
  const world = makeQueueWorld();
  await world.enqueue('a');

  const act = startWorkerPool({ ...SYSTEM, ...poolOptions(world), handlers: [] });

  await expect(act).rejects.toMatchObject({ code: 'INTERNAL', message: 'The queue work has no handler.' });
  expect(await world.job('a')).toMatchObject({ state: 'waiting' });
});

it('refuses to start when a kind of job has two handlers', async () => {
  const options = poolOptions(makeQueueWorld());

  const act = startWorkerPool({ ...SYSTEM, ...options, handlers: [...options.handlers, ...options.handlers] });

  await expect(act).rejects.toMatchObject({ code: 'INTERNAL', message: 'The queue work has more than one handler.' });
});

it('refuses to work on a queue that does not exist', async () => {
  const act = startWorkerPool({ ...SYSTEM, ...poolOptions(makeQueueWorld()), queues: ['works'] });

  await expect(act).rejects.toMatchObject({ code: 'USAGE', message: 'There is no queue works.' });
});

it('refuses to start without Redis', async () => {
  const act = startWorkerPool({ ...SYSTEM, ...poolOptions(makeQueueWorld()), redisUrl: 'redis://127.0.0.1:1' });

  await expect(act).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
});

it('does what waits as soon as it has started, and says under whose hands it is', async () => {
  const { enqueue, startPool, ended, openBoard } = makeQueueWorld();
  await enqueue('a', 'b', 'c');

  await startPool(async () => DONE, { name: 'worker of the test' });
  await ended(3);

  expect((await openBoard().getJob('a'))?.processedBy).toBe('worker of the test');
});
