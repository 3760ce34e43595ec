/** A process that does one task, so that its memory is that of the task. Started by `run.ts` with --expose-gc. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DuckDbFile } from '../../src/adapters/duckdb/database.ts';
import { orderByRows } from '../../src/adapters/duckdb/row-order.ts';
import { DuckDbStatisticsSource } from '../../src/adapters/duckdb/statistics-source.ts';
import { FileObjectStore } from '../../src/adapters/filesystem/object-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { exportTable } from '../../src/workers/statistics/export-table.ts';
import { CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import { COLUMNS, DATASET, EXPERIMENT, TABLE } from './statistics-table.ts';
import type { Task, TaskResult } from './task.ts';

const MIB = 1024 ** 2;
/** DuckDB hands out so many rows at a time. */
const BATCH_ROWS = 2048;
/** The same for tables of all sizes: more samples would find higher peaks. */
const SAMPLES = 240;

/** The settings as they are unless somebody changes them. */
const config = loadConfig([], { environment: {} });

/** The most memory that was in use after garbage collections. */
class MemorySampler {
  peakBytes = 0;
  #batches = 0;
  readonly #every: number;

  constructor(rows: number) {
    this.#every = Math.max(1, Math.round(rows / BATCH_ROWS / SAMPLES));
  }

  readonly onBatch = (): void => {
    if (this.#batches++ % this.#every !== 0) return;
    // Buffers are freed in the background after a collection; the next one waits for that.
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    this.peakBytes = Math.max(this.peakBytes, heapUsed + external);
  };
}

async function exportWhole({ database, target }: Task, onProgress: () => void): Promise<void> {
  const file = new DuckDbFile({
    path: database,
    memoryLimit: config['duckdb.memoryLimit'],
    threads: config['duckdb.threads'],
    waitMs: 0,
    createIfMissing: false,
    keepOpen: false,
    clock: systemClock,
  });
  const { outcome } = await exportTable(
    {
      source: new DuckDbStatisticsSource({ file, dataset: DATASET }),
      store: new FileObjectStore({ root: target, clock: systemClock }),
      clock: systemClock,
      settleMs: config['rerun.settle'],
      refusedShareLimit: config['statistics.refusedShare'],
      duplicateLimit: config['statistics.duplicateLimit'],
      rules: CONSOLE_RULES.e5dd1051c,
    },
    {
      experiment: EXPERIMENT,
      period: 'daily',
      knownBy: 'api',
      record: undefined,
      force: true,
      job: 'bench',
      signal: new AbortController().signal,
      onProgress,
    },
  );
  file.close();
  if (outcome.kind !== 'published' || outcome.rejected + outcome.duplicates > 0) {
    throw new Error(`The export was to publish all rows: ${JSON.stringify(outcome)}`);
  }
}

/** What a user of DuckDB would do: the same query, the same settings, DuckDB's own JSON. */
async function copyWhole({ database, target }: Task): Promise<void> {
  const instance = await DuckDBInstance.create(database, {
    access_mode: 'READ_ONLY',
    memory_limit: config['duckdb.memoryLimit'],
    threads: String(config['duckdb.threads']),
  });
  const connection = await instance.connect();
  const query = `FROM ${DATASET}.${TABLE} ORDER BY ${orderByRows(COLUMNS)}`;
  await connection.run(`COPY (${query}) TO '${join(target, 'copy.json')}' (FORMAT json, ARRAY true)`);
  connection.closeSync();
  instance.closeSync();
}

async function runTask(task: Task): Promise<TaskResult> {
  const sampler = new MemorySampler(task.rows);
  const start = performance.now();
  if (task.kind === 'copy') await copyWhole(task);
  else await exportWhole(task, task.kind === 'sample' ? sampler.onBatch : () => undefined);
  const seconds = (performance.now() - start) / 1000;
  // Linux counts it in KiB.
  return { seconds, peakRssMib: process.resourceUsage().maxRSS / 1024, peakHeldMib: sampler.peakBytes / MIB };
}

async function answer(task: Task): Promise<void> {
  process.send?.(await runTask(task));
  process.disconnect();
}

process.once('message', (task: Task) => {
  answer(task).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());
