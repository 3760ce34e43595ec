/** How much faster do four worker processes export one very large table than one, where the service is slow? See README.md. */
import { statisticsTableName } from '../../src/domain/statistics-name.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { withWorkers, type WorkerWorld } from '../support/worker-world.ts';

const SLUG = 'huge';
const PARTS = 16;
const ROWS_PER_SECOND = 10_000;
const LEAST_TIMES_ONE = 3.5;

export const data = `one statistics table in ${PARTS} windows and ${PARTS} parts; BigQuery sends ${ROWS_PER_SECOND} rows/s in each stream`;

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  // A window is a part, which takes so long at that pace.
  const rows = PARTS * ROWS_PER_SECOND * (full ? 10 : 5);
  const settings = { CONTRAIL_STATISTICS_DIVIDE_ROWS: String(rows / 2), CONTRAIL_BIGQUERY_PARTS: String(PARTS) };
  const [one, four] = await withWorkers({ slugs: [SLUG], folder, settings }, async (world) => {
    const { control } = world.warehouse;
    const name = `mozanalysis.${statisticsTableName(SLUG, 'weekly')}`;
    await control.addTable({ name, generate: { rows, windows: PARTS } });
    await control.addFault({
      on: 'storage.readRows',
      fault: { kind: 'rate', rowsPerSecond: ROWS_PER_SECOND },
    });
    return [await exportWith(1, world), await exportWith(4, world)];
  });
  return [
    { question: `${rows} rows, one worker process`, value: one, unit: 's' },
    { question: `${rows} rows, four worker processes`, value: four, unit: 's' },
    {
      question: 'Four worker processes over one',
      value: one / four,
      unit: 'times',
      limit: { atLeast: LEAST_TIMES_ONE },
    },
  ];
}

/** Seconds from the job's being there to the file's, with workers that wait for it. */
async function exportWith(count: number, { enqueue, startWorker }: WorkerWorld): Promise<number> {
  const workers = Array.from({ length: count }, () => startWorker('--queue', 'statistics', 'statistics-parts'));
  try {
    await Promise.all(workers.map((worker) => worker.ready));
    const published = Promise.race(workers.map((worker) => worker.jobsDone('statistics', 1)));
    const enqueued = await enqueue('--force');
    const start = performance.now();
    await published;
    return (performance.now() - start) / 1000;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
