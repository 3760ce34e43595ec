/** How long after its table has changed is a file published? See README.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { environmentOf, runContrail, startScheduler, startWorker, stopWorker } from '../support/contrail.ts';
import { BUCKET, type Storage, startCountingStorage, startWarehouse } from '../support/services.ts';

const EXPERIMENTS = 100;
/** Every request to either service takes that long. */
const LATENCY_MS = 20;
/** What is allowed beyond the interval of scans. */
const BEYOND_MS = 5_000;
const LOOK_MS = 20;

export const data = `${EXPERIMENTS} experiments with a file each; one worker and one scheduler; tables change at any moment between two scans`;

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  const intervalMs = full ? 60_000 : 5_000;
  const changes = full ? 40 : 10;
  const slugs = Array.from({ length: EXPERIMENTS }, (_, index) => `table-${index}`);
  const warehouse = await startWarehouse({ tables: slugs.map(tableOf), datasets: ['monitoring'] });
  const storage = await startCountingStorage({ latencyMs: LATENCY_MS });
  const redis = await startPrivateRedis({ clock: systemClock });
  try {
    const experiments = join(folder, 'experiments.json');
    writeFileSync(experiments, JSON.stringify(slugs.map((slug) => ({ slug }))));
    const environment = environmentOf(warehouse, storage, {
      CONTRAIL_REDIS: redis.url,
      CONTRAIL_EXPERIMENTER: `file:${experiments}`,
      CONTRAIL_SCHEDULE_INTERVAL: `${intervalMs / 1_000}s`,
    });
    const worker = await startWorker(environment, folder);
    await runContrail(['backfill', '--product', 'statistics', '--wait', '--json'], environment, folder);
    await warehouse.control.addFault({ times: 'all', fault: { kind: 'latency', ms: LATENCY_MS } });
    const scheduler = await startScheduler(environment, folder);
    const waits: number[] = [];
    for (const [index, slug] of slugs.slice(0, changes).entries()) {
      // Spread evenly over the interval.
      await delay((intervalMs * ((index * 7) % changes)) / changes);
      const before = await generationOf(storage, slug);
      await warehouse.control.addTable({ ...tableOf(slug), generate: { rows: 60, windows: 1 } });
      const changedAt = performance.now();
      while ((await generationOf(storage, slug)) === before) await delay(LOOK_MS);
      waits.push(performance.now() - changedAt);
    }
    await Promise.all([stopWorker(worker), stopWorker(scheduler)]);
    const sorted = waits.toSorted((a, b) => a - b);
    const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Infinity;
    return [
      {
        question: 'Change of a table to its file, median',
        value: (sorted[Math.floor(sorted.length / 2)] ?? 0) / 1_000,
        unit: 's',
      },
      {
        question: `The same, 95th percentile, scans every ${intervalMs / 1_000} s`,
        value: p95 / 1_000,
        unit: 's',
        limit: { atMost: (intervalMs + BEYOND_MS) / 1_000 },
      },
    ];
  } finally {
    await Promise.all([warehouse.stop(), storage.stop(), redis.stop()]);
  }
}

function tableOf(slug: string) {
  const name = `mozanalysis.statistics_${slug.replaceAll('-', '_')}_weekly`;
  return { name, kind: 'table' as const, generate: { rows: 50, windows: 1 } };
}

async function generationOf({ url }: Storage, slug: string): Promise<string> {
  const name = encodeURIComponent(`statistics/statistics_${slug.replaceAll('-', '_')}_weekly.json`);
  const { generation } = (await (await fetch(`${url}/storage/v1/b/${BUCKET}/o/${name}`)).json()) as {
    readonly generation?: string;
  };
  return generation ?? 'none';
}
