/** What does waiting for the service cost when there are many small views? See README.md. */
import { writeFileSync } from 'node:fs';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { join } from 'node:path';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { environmentOf, runContrail, startWorker, stopWorker } from '../support/contrail.ts';
import { startCountingStorage, startWarehouse } from '../support/services.ts';

const LATENCY_MS = 200;
const LEAST_TIMES_SERIAL = 20;

export const data = `views of 50 statistics rows; every request to either service takes ${LATENCY_MS} ms; one worker process, settings as they are by default`;

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  const views = full ? 1_000 : 500;
  const slugs = Array.from({ length: views }, (_, index) => `view-${index}`);
  const tables = slugs.map((slug) => ({
    name: `mozanalysis.statistics_${slug.replaceAll('-', '_')}_weekly`,
    kind: 'view' as const,
    generate: { rows: 50, windows: 1 },
  }));
  const warehouse = await startWarehouse({ datasets: ['mozanalysis', 'monitoring'] });
  for (const table of tables) await warehouse.control.addTable(table);
  const storage = await startCountingStorage({ latencyMs: LATENCY_MS });
  const redis = await startPrivateRedis({ clock: systemClock });
  try {
    const experiments = join(folder, 'experiments.json');
    writeFileSync(experiments, JSON.stringify(slugs.map((slug) => ({ slug }))));
    const environment = environmentOf(warehouse, storage, {
      CONTRAIL_REDIS: redis.url,
      CONTRAIL_EXPERIMENTER: `file:${experiments}`,
      // Records are written after the exports: they are not the question.
      CONTRAIL_RECORDS_WINDOW: '1h',
    });
    await runContrail(['backfill', '--product', 'statistics', '--json'], environment, folder);
    await warehouse.control.addFault({ times: 'all', fault: { kind: 'latency', ms: LATENCY_MS } });
    await warehouse.control.resetCounters();
    const requestsBefore = await storage.requests();
    const startedAt = performance.now();
    const worker = await startWorker(environment, folder);
    while ((await storage.requests()) - requestsBefore < views) await new Promise((resolve) => setTimeout(resolve, 20));
    const seconds = (performance.now() - startedAt) / 1_000;
    const { totalRequests } = await warehouse.control.counters();
    const requests = totalRequests + (await storage.requests()) - requestsBefore;
    await warehouse.control.clearFaults();
    await stopWorker(worker);
    const serial = (requests * LATENCY_MS) / 1_000;
    return [
      { question: `${views} small views, from the start of the worker`, value: seconds, unit: 's' },
      { question: 'The same requests one after another', value: serial, unit: 's' },
      { question: 'Requests for each view', value: requests / views, unit: 'requests' },
      {
        question: 'One after another over one worker process',
        value: serial / seconds,
        unit: 'times',
        limit: { atLeast: LEAST_TIMES_SERIAL },
      },
    ];
  } finally {
    await Promise.all([warehouse.stop(), storage.stop(), redis.stop()]);
  }
}
