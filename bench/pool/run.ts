/** What does a pool of workers take of small exports, and what do more workers bring? See README.md. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { environmentOf, runContrail, startWorker, stopWorker } from '../support/contrail.ts';
import { startCountingStorage, startWarehouse } from '../support/services.ts';

/** Few at once, so that the service is the slow part and not the two cores that everything shares here. */
const CONCURRENCY = 6;
const WORKERS = 4;
const LEAST_TIMES_ONE = 3.6;

export const data =
  'tables of 50 statistics rows; every request to either service takes 20 ms, or 200 ms for the scaling';

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  const exports = full ? 10_000 : 1_000;
  // A folder for each pool: workers find there what an earlier Redis held.
  const own = (): string => mkdtempSync(join(folder, 'pool-'));
  const large = await exportAll({ exports, workers: 2, latencyMs: 20, folder: own() });
  const slow = { exports: full ? 600 : 300, latencyMs: 200, concurrency: CONCURRENCY };
  const one = await exportAll({ ...slow, workers: 1, folder: own() });
  const four = await exportAll({ ...slow, workers: WORKERS, folder: own() });
  return [
    { question: `${exports} small exports on 2 worker processes`, value: large.perSecond, unit: 'exports/s' },
    { question: 'Redis commands for each', value: large.commandsEach, unit: 'commands' },
    { question: 'Requests to the services for each', value: large.requestsEach, unit: 'requests' },
    { question: 'Redis memory for each finished job and its records', value: large.bytesEach, unit: 'bytes' },
    { question: `One worker process, ${CONCURRENCY} jobs at once`, value: one.perSecond, unit: 'exports/s' },
    { question: `${WORKERS} worker processes`, value: four.perSecond, unit: 'exports/s' },
    {
      question: `${WORKERS} worker processes over one`,
      value: four.perSecond / one.perSecond,
      unit: 'times',
      limit: { atLeast: LEAST_TIMES_ONE },
    },
  ];
}

interface Pool {
  readonly exports: number;
  readonly workers: number;
  readonly latencyMs: number;
  readonly folder: string;
  readonly concurrency?: number;
}

interface Throughput {
  /** Without the first and the last tenth of the files, so that neither planning nor the end counts. */
  readonly perSecond: number;
  readonly commandsEach: number;
  readonly requestsEach: number;
  readonly bytesEach: number;
}

/** Workers wait, a backfill enqueues all files, and the uploads are counted. */
async function exportAll({ exports, workers, latencyMs, folder, concurrency }: Pool): Promise<Throughput> {
  const slugs = Array.from({ length: exports }, (_, index) => `table-${index}`);
  const warehouse = await startWarehouse({ datasets: ['mozanalysis', 'monitoring'] });
  for (const slug of slugs) await warehouse.control.addTable(smallTable(slug));
  const storage = await startCountingStorage({ latencyMs });
  const server = await startPrivateRedis({ clock: systemClock });
  const redis = new Redis(server.url);
  try {
    const experiments = join(folder, 'experiments.json');
    writeFileSync(experiments, JSON.stringify(slugs.map((slug) => ({ slug }))));
    const environment = environmentOf(warehouse, storage, {
      CONTRAIL_REDIS: server.url,
      CONTRAIL_EXPERIMENTER: `file:${experiments}`,
      // Records are written after the exports: they are not the question.
      CONTRAIL_RECORDS_WINDOW: '1h',
      ...(concurrency === undefined ? {} : { CONTRAIL_WORKER_CONCURRENCY: String(concurrency) }),
    });
    const pool = await Promise.all(Array.from({ length: workers }, () => startWorker(environment, folder)));
    await warehouse.control.addFault({ times: 'all', fault: { kind: 'latency', ms: latencyMs } });
    await warehouse.control.resetCounters();
    const before = { ...(await redisFigures(redis)), requests: await storage.requests() };
    const backfill = runContrail(['backfill', '--product', 'statistics', '--json'], environment, folder);
    const uploads = async (): Promise<number> => (await storage.requests()) - before.requests;
    const first = await whenUploaded(uploads, exports * 0.1);
    const last = await whenUploaded(uploads, exports * 0.9);
    await backfill;
    await untilDone(redis);
    const after = { ...(await redisFigures(redis)), requests: await storage.requests() };
    const { totalRequests } = await warehouse.control.counters();
    await warehouse.control.clearFaults();
    await Promise.all(pool.map(stopWorker));
    return {
      perSecond: (last.count - first.count) / ((last.at - first.at) / 1_000),
      commandsEach: (after.commands - before.commands) / exports,
      requestsEach: (totalRequests + after.requests - before.requests) / exports,
      bytesEach: (after.bytes - before.bytes) / exports,
    };
  } finally {
    redis.disconnect();
    await Promise.all([warehouse.stop(), storage.stop(), server.stop()]);
  }
}

function smallTable(slug: string) {
  const name = `mozanalysis.statistics_${slug.replaceAll('-', '_')}_weekly`;
  return { name, kind: 'table' as const, generate: { rows: 50, windows: 1 } };
}

/** Waits until that many files were uploaded, and tells how many those are and when that was seen, in milliseconds. */
async function whenUploaded(uploads: () => Promise<number>, atLeast: number) {
  for (;;) {
    const count = await uploads();
    if (count >= atLeast) return { count, at: performance.now() };
    await delay(100);
  }
}

/** Waits until no job waits or runs. */
async function untilDone(redis: Redis): Promise<void> {
  const unfinished = async (): Promise<number> => {
    const keys = (await Promise.all(['wait', 'prioritized', 'active'].map((state) => redis.keys(`*:${state}`)))).flat();
    return keys.length;
  };
  while ((await unfinished()) > 0) await delay(100);
}

async function redisFigures(redis: Redis): Promise<{ readonly commands: number; readonly bytes: number }> {
  const [stats, memory] = [await redis.info('stats'), await redis.info('memory')];
  const figure = (text: string, name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1]);
  return { commands: figure(stats, 'total_commands_processed'), bytes: figure(memory, 'used_memory') };
}
