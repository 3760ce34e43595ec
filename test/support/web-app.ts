/** The web application with all its pages, on a Redis prefix of its own, with an empty store and warehouse. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { openAlertIndex } from '../../src/app/compose/open-alert-index.ts';
import { openFreshnessIndex } from '../../src/app/compose/open-freshness-index.ts';
import { wireOnDemand } from '../../src/app/compose/wire-on-demand.ts';
import { PAGE_ROOMS } from '../../src/app/web/page-rooms.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { JOB_KINDS } from '../../src/jobs/job-kinds.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { connectProducer } from '../../src/queue/bullmq/connection.ts';
import { buildApp, type Door } from '../../src/web/app.ts';
import { mountBoard } from '../../src/web/board/board.ts';
import { temporaryFolder } from './duckdb.ts';
import { QUIET_OBSERVATION } from './observation.ts';
import { recordedLog } from './recorded-log.ts';
import { freshRedis } from './redis.ts';
import { SYSTEM } from './system.ts';

export async function webApp({ door }: { readonly door?: Door } = {}) {
  const { redisUrl, prefix } = freshRedis();
  const log = recordedLog();
  const { clock } = SYSTEM;
  const config = configOf({ redisUrl, prefix });
  const queue = new BullmqJobQueue({ ...SYSTEM, redisUrl, prefix, kinds: JOB_KINDS });
  const connection = connectProducer(redisUrl);
  const index = openFreshnessIndex(config);
  const alerts = openAlertIndex(config);
  const warehouse = wireOnDemand(config, { createWarehouse: false, log });
  if (warehouse === undefined) throw new Error('a warehouse is set');
  const store = new MemoryObjectStore({ clock });
  const context = { config, clock, log, store, queue, index, alerts, redisUrl, wired: warehouse.wired };
  const app = await buildApp({
    clock,
    pages: PAGE_ROOMS.map((room) => room(context)),
    store,
    mountBoard: (fastify) => mountBoard(fastify, { connection, prefix, log, hasTls: door?.hasTls ?? false }),
    observation: QUIET_OBSERVATION,
    log,
    ...(door === undefined ? {} : { door }),
  });
  onTestFinished(async () => {
    await app.close();
    await Promise.all([queue.close(), warehouse.close()]);
    index.close();
    alerts.close();
    connection.disconnect();
  });
  return { app, queue, log };
}

function configOf({ redisUrl, prefix }: { readonly redisUrl: string; readonly prefix: string }) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'experiments.json'), '[]');
  return loadConfig([], {
    environment: {
      CONTRAIL_REDIS: redisUrl,
      CONTRAIL_QUEUE_PREFIX: prefix,
      CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
      CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
      CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    },
  });
}
