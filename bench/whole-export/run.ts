/** How fast does a whole export from BigQuery to Cloud Storage go, in how much memory, by how many requests? See README.md. */
import { statisticsTableName } from '../../src/domain/statistics-name.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { measure } from '../support/child.ts';
import {
  startCountingStorage,
  startStorage,
  startWarehouse,
  type Storage,
  type Warehouse,
} from '../support/services.ts';
import type { Task, TaskResult } from './task.ts';

const TASK = new URL('./run-task.js', import.meta.url);
const MILLION = 1_000_000;
const ROWS_PER_WINDOW = 50_000;

/** The limits of the specification. */
const LEAST_TIMES_PLAIN = 15;
const LEAST_TIMES_ARROW = 5;
const MOST_GROWTH = 1.1;
const MOST_RSS_MIB = 300;
const MOST_REQUESTS = { view: 2, table: 3 };

export const data =
  'statistics rows of 13 columns, about 300 bytes of JSON each, from a replay of the Storage Read protocol on loopback';

export async function run({ full }: BenchRequest): Promise<BenchResult[]> {
  return [
    ...(await compareSpeed(full ? { turns: 5, plainRows: MILLION, arrowRows: MILLION } : SHORT)),
    ...(await withEmulator()),
    ...(await compareMemory(full ? { many: 10 * MILLION, turns: 5 } : { many: 4 * MILLION, turns: 3 })),
    ...(await countRequests()),
  ];
}

function table(experiment: string, rows: number, kind: 'table' | 'view' = 'table') {
  const windows = Math.max(1, Math.ceil(rows / ROWS_PER_WINDOW));
  return { name: `mozanalysis.${statisticsTableName(experiment, 'weekly')}`, kind, generate: { rows, windows } };
}

interface Speeds {
  readonly turns: number;
  readonly plainRows: number;
  readonly arrowRows: number;
}

/** The peers are slow: with a million rows each, they would take minutes. */
const SHORT: Speeds = { turns: 3, plainRows: 60_000, arrowRows: 300_000 };

async function compareSpeed({ turns, plainRows, arrowRows }: Speeds): Promise<BenchResult[]> {
  const tables = [table('whole', MILLION), table('plain', plainRows), table('arrow', arrowRows)];
  return withServices({ tables }, startCountingStorage, async (warehouse, storage) => {
    // No checksums for the vendor's client, which is faster without: its own takes longer than our whole export.
    const discarding = { ...storage, url: storage.discardingUrl };
    const rates = { ours: [] as number[], plain: [] as number[], arrow: [] as number[] };
    const ratios = { plain: [] as number[], arrow: [] as number[] };
    for (let turn = 0; turn < turns; turn++) {
      const ours = await rateOf('ours', 'whole', warehouse, storage);
      const plain = await rateOf('plain', 'plain', warehouse, discarding);
      const arrow = await rateOf('arrow', 'arrow', warehouse, discarding);
      rates.ours.push(ours);
      rates.plain.push(plain);
      rates.arrow.push(arrow);
      ratios.plain.push(ours / plain);
      ratios.arrow.push(ours / arrow);
    }
    return [
      { question: 'Whole export, a million rows, one process', value: median(rates.ours), unit: 'rows/s' },
      { question: 'createReadStream → JSON.stringify → createWriteStream', value: median(rates.plain), unit: 'rows/s' },
      { question: 'Row objects of apache-arrow over the raw client', value: median(rates.arrow), unit: 'rows/s' },
      {
        question: 'Whole export over createReadStream',
        value: median(ratios.plain),
        unit: 'times',
        limit: { atLeast: LEAST_TIMES_PLAIN },
      },
      {
        question: 'Whole export over apache-arrow',
        value: median(ratios.arrow),
        unit: 'times',
        limit: { atLeast: LEAST_TIMES_ARROW },
      },
    ];
  });
}

/** fake-gcs-server alone takes some six seconds for the 300 MB, more in chunks: there it is what is measured. */
async function withEmulator(): Promise<BenchResult[]> {
  const tables = [table('emulated', MILLION)];
  return withServices({ tables }, startStorage, async (warehouse, storage) => [
    {
      question: 'Whole export into fake-gcs-server, a million rows',
      value: await rateOf('ours', 'emulated', warehouse, storage),
      unit: 'rows/s',
    },
  ]);
}

interface Sizes {
  readonly many: number;
  readonly turns: number;
}

/** The peak of one export is a matter of chance, of when garbage is collected: what counts is the median. */
async function compareMemory({ many, turns }: Sizes): Promise<BenchResult[]> {
  const tables = [table('small', MILLION), table('large', many)];
  return withServices({ tables }, startCountingStorage, async (warehouse, storage) => {
    const results = { small: [] as TaskResult[], large: [] as TaskResult[] };
    for (let turn = 0; turn < turns; turn++) {
      results.small.push(await runTask('ours', 'small', warehouse, storage));
      results.large.push(await runTask('ours', 'large', warehouse, storage));
    }
    const small = median(results.small.map(({ peakRssMib }) => peakRssMib));
    const large = median(results.large.map(({ peakRssMib }) => peakRssMib));
    const words = `${many / MILLION} million rows`;
    return [
      {
        question: `One export of ${words}`,
        value: median(results.large.map(({ rows, seconds }) => rows / seconds)),
        unit: 'rows/s',
      },
      { question: 'Peak memory of the process, a million rows', value: small, unit: 'MiB' },
      {
        question: `Peak memory of the process, ${words}`,
        value: Math.max(...results.large.map(({ peakRssMib }) => peakRssMib)),
        unit: 'MiB',
        limit: { atMost: MOST_RSS_MIB },
      },
      {
        question: `Peak memory, ${words} over a million`,
        value: large / small,
        unit: 'times',
        limit: { atMost: MOST_GROWTH },
      },
    ];
  });
}

/** As planned jobs do it: with what the planner has seen. Discovery is the planner's, once for all tables. */
async function countRequests(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const kind of ['view', 'table'] as const) {
    const tables = [table('small', 500, kind)];
    const counted = await withServices({ tables }, startCountingStorage, async (warehouse, storage) => {
      await warehouse.control.resetCounters();
      const task = { ...taskOf('ours', 'small', warehouse, storage), isPlanned: true };
      await measure<TaskResult>(TASK, task);
      const { totalRequests } = await warehouse.control.counters();
      return totalRequests + (await storage.requests());
    });
    results.push({
      question: `Requests for a small ${kind}`,
      value: counted,
      unit: 'requests',
      limit: { atMost: MOST_REQUESTS[kind] },
    });
  }
  return results;
}

async function withServices<Bucket extends Storage, Result>(
  options: Parameters<typeof startWarehouse>[0],
  start: () => Promise<Bucket>,
  work: (warehouse: Warehouse, storage: Bucket) => Promise<Result>,
): Promise<Result> {
  const warehouse = await startWarehouse(options);
  const storage = await start();
  try {
    return await work(warehouse, storage);
  } finally {
    await Promise.all([warehouse.stop(), storage.stop()]);
  }
}

function taskOf(kind: Task['kind'], experiment: string, warehouse: Warehouse, storage: Storage): Task {
  const { restUrl, grpcAddress } = warehouse;
  return { kind, restUrl, grpcAddress, storageUrl: storage.url, experiment };
}

function runTask(kind: Task['kind'], experiment: string, warehouse: Warehouse, storage: Storage): Promise<TaskResult> {
  return measure<TaskResult>(TASK, taskOf(kind, experiment, warehouse, storage));
}

async function rateOf(kind: Task['kind'], experiment: string, warehouse: Warehouse, storage: Storage): Promise<number> {
  const { rows, seconds } = await runTask(kind, experiment, warehouse, storage);
  return rows / seconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
