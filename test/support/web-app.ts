/** The whole web application on a Redis of its own, with an empty store. */
import { onTestFinished } from 'vitest';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { JOB_KINDS } from '../../src/jobs/job-kinds.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { connectProducer } from '../../src/queue/bullmq/connection.ts';
import { buildApp, type Door } from '../../src/web/app.ts';
import { mountBoard } from '../../src/web/board/board.ts';
import { healthPages } from './health-pages.ts';
import { QUIET_OBSERVATION } from './observation.ts';
import { recordedLog } from './recorded-log.ts';
import { freshRedis } from './redis.ts';
import { SYSTEM } from './system.ts';

export async function webApp({ door }: { readonly door?: Door } = {}) {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: JOB_KINDS });
  const connection = connectProducer(redis.redisUrl);
  const log = recordedLog();
  const app = await buildApp({
    clock: SYSTEM.clock,
    pages: [healthPages({ redis, queue })],
    store: new MemoryObjectStore({ clock: { now: () => 0 } }),
    mountBoard: (fastify) =>
      mountBoard(fastify, { connection, prefix: redis.prefix, log, hasTls: door?.hasTls ?? false }),
    observation: QUIET_OBSERVATION,
    log,
    ...(door === undefined ? {} : { door }),
  });
  onTestFinished(async () => {
    await app.close();
    await queue.close();
    connection.disconnect();
  });
  return { app, queue, log };
}
