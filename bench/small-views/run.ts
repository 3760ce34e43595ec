/** How much faster than one after another does one worker process export a thousand small views? See README.md. */
import { statisticsTableName } from '../../src/domain/statistics-name.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { withWorkers, type WorkerWorld } from '../support/worker-world.ts';

const VIEWS = 1_000;
const ROWS = 200;
const LATENCY_MS = 200;
const LEAST_TIMES_SERIAL = 20;

export const data = `${VIEWS} views of ${ROWS} statistics rows; every request to BigQuery and Cloud Storage takes ${LATENCY_MS} ms`;

interface Measured {
  readonly seconds: number;
  readonly requests: number;
}

export async function run({ folder }: BenchRequest): Promise<BenchResult[]> {
  const slugs = Array.from({ length: VIEWS }, (_, index) => `small-${String(index).padStart(4, '0')}`);
  const { seconds, requests } = await withWorkers({ slugs, folder, latencyMs: LATENCY_MS }, async (world) => {
    await addViews(world, slugs);
    await world.enqueue();
    return exportAll(world);
  });
  const serialSeconds = (requests * LATENCY_MS) / 1000;
  return [
    { question: `${VIEWS} small views, one worker process, default settings`, value: seconds, unit: 's' },
    { question: 'Requests for each', value: requests / VIEWS, unit: 'requests' },
    { question: 'The same requests one after another', value: serialSeconds, unit: 's' },
    {
      question: 'One worker process over one request after another',
      value: serialSeconds / seconds,
      unit: 'times',
      limit: { atLeast: LEAST_TIMES_SERIAL },
    },
  ];
}

async function addViews({ warehouse }: WorkerWorld, slugs: readonly string[]): Promise<void> {
  for (const slug of slugs) {
    const name = `mozanalysis.${statisticsTableName(slug, 'weekly')}`;
    await warehouse.control.addTable({ name, kind: 'view', generate: { rows: ROWS, windows: 1 } });
  }
}

/** From the start of the process, which loads its modules and connects, to its last job. */
async function exportAll({ warehouse, storage, startWorker }: WorkerWorld): Promise<Measured> {
  await warehouse.control.addFault({ fault: { kind: 'latency', ms: LATENCY_MS } });
  await warehouse.control.resetCounters();
  const before = await storage.requests();
  const start = performance.now();
  const worker = startWorker('--queue', 'statistics');
  try {
    await worker.jobsDone('statistics', VIEWS);
    const seconds = (performance.now() - start) / 1000;
    const { totalRequests } = await warehouse.control.counters();
    return { seconds, requests: totalRequests + (await storage.requests()) - before };
  } finally {
    await worker.stop();
  }
}
