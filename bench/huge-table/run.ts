/** What do more workers bring for one very large table, when the service is the slow part? See README.md. */
import { writeFileSync } from 'node:fs';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { join } from 'node:path';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { environmentOf, runContrail, startWorker, stopWorker } from '../support/contrail.ts';
import { startCountingStorage, startWarehouse } from '../support/services.ts';

const WORKERS = 4;
const PARTS = 16;
const ROWS = 80_000;
const LEAST_TIMES_ONE = 3.5;

export const data = `one table of ${ROWS.toLocaleString('en')} statistics rows in ${PARTS} parts; each stream of the service is held to a rate`;

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  // A part takes so many seconds, whoever reads it.
  const secondsOfPart = full ? 12 : 8;
  const one = await exportWith(1, secondsOfPart, folder);
  const four = await exportWith(WORKERS, secondsOfPart, folder);
  return [
    { question: 'One worker process', value: one, unit: 's' },
    { question: `${WORKERS} worker processes`, value: four, unit: 's' },
    {
      question: `${WORKERS} worker processes over one`,
      value: one / four,
      unit: 'times',
      limit: { atLeast: LEAST_TIMES_ONE },
    },
  ];
}

/** Seconds from the backfill to the published file, with workers that wait for jobs. */
async function exportWith(workers: number, secondsOfPart: number, folder: string): Promise<number> {
  const table = (name: string) => ({
    name: `mozanalysis.statistics_${name}_weekly`,
    kind: 'table' as const,
    generate: { rows: ROWS, windows: PARTS },
  });
  const rowsPerSecond = ROWS / PARTS / secondsOfPart;
  const warehouse = await startWarehouse({ tables: [table('warm'), table('huge')], datasets: ['monitoring'] });
  const storage = await startCountingStorage();
  const redis = await startPrivateRedis({ clock: systemClock });
  const experiments = join(folder, 'experiments.json');
  writeFileSync(experiments, JSON.stringify([{ slug: 'huge' }, { slug: 'warm' }]));
  const environment = environmentOf(warehouse, storage, {
    CONTRAIL_REDIS: redis.url,
    CONTRAIL_EXPERIMENTER: `file:${experiments}`,
    CONTRAIL_STATISTICS_DIVIDE_ROWS: '50000',
    CONTRAIL_BIGQUERY_PARTS: String(PARTS),
    CONTRAIL_RECORDS_WINDOW: '1h',
  });
  try {
    const pool = await Promise.all(Array.from({ length: workers }, () => startWorker(environment, folder)));
    const backfill = ['backfill', '--product', 'statistics', '--wait', '--json', '--experiment'];
    // Workers run for weeks: their first job is not the question.
    await runContrail([...backfill, 'warm'], environment, folder);
    const rate = { kind: 'rate', rowsPerSecond } as const;
    await warehouse.control.addFault({ on: 'storage.readRows', times: 'all', fault: rate });
    const startedAt = performance.now();
    await runContrail([...backfill, 'huge'], environment, folder);
    const seconds = (performance.now() - startedAt) / 1_000;
    await Promise.all(pool.map(stopWorker));
    return seconds;
  } finally {
    await Promise.all([warehouse.stop(), storage.stop(), redis.stop()]);
  }
}
