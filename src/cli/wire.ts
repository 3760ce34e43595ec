/**
 * Builds the adapters that the settings ask for and hands them out; the only file that knows them all. Each is imported
 * when it is asked for, because the clients of some vendors take long to load.
 */
import type { DuckDbFile } from '../adapters/duckdb/database.ts';
import { fixedClock, systemClock } from '../adapters/system/clock.ts';
import { createLog } from '../adapters/system/log.ts';
import type { Config } from '../config/load-config.ts';
import { ContrailError } from '../domain/errors.ts';
import { JOB_KINDS } from '../jobs/job-kinds.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExperimentsApi } from '../ports/experiments-api.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { RecordSink } from '../ports/record-sink.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';
import type { BullmqJobQueue } from '../queue/bullmq-job-queue.ts';

export interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly source: StatisticsSource;
  readonly sink: RecordSink;
  readonly store: ObjectStore;
  readonly experiments: ExperimentsApi;
  /** The DuckDB file, where the warehouse is one: the demo changes its tables. */
  readonly duckdb: DuckDbFile;
  /** Lets go of files. Work under way may still end. */
  close(): void;
}

export interface WireOptions {
  /** Make the DuckDB file when it is missing: not for commands that read results from it. */
  readonly createWarehouse: boolean;
  /** Hold the DuckDB file until the end, as the one process that works on it. */
  readonly keepWarehouseOpen?: boolean;
}

/** The adapters of a configuration whose `warehouse` and `bucket` are set. Nothing is contacted or opened yet. */
export async function wire(config: Config, options: WireOptions): Promise<Parts> {
  const clock = clockOf(config);
  const [{ duckdb, source, sink }, store, experiments] = await Promise.all([
    warehouseOf(config, options),
    storeOf(config),
    experimentsOf(config),
  ]);
  return { clock, log: logOf(config), source, sink, store, experiments, duckdb, close: () => duckdb.close() };
}

/** The object store of a configuration whose `bucket` is set. */
export async function storeOf(config: Config): Promise<ObjectStore> {
  const { FileObjectStore } = await import('../adapters/filesystem/object-store.ts');
  return new FileObjectStore({ root: required(config, 'bucket').path });
}

export function clockOf(config: Config): Clock {
  return config.now === undefined ? systemClock : fixedClock(config.now);
}

export function logOf(config: Config): Log {
  return createLog({ level: config.logLevel, target: process.stderr });
}

export async function experimentsOf(config: Config): Promise<ExperimentsApi> {
  const url = config.experimenter;
  if (url.scheme === 'file') {
    const { FileExperimentsApi } = await import('../adapters/experimenter/file-experiments-api.ts');
    return new FileExperimentsApi({ path: url.path });
  }
  const { HttpExperimentsApi } = await import('../adapters/experimenter/http-experiments-api.ts');
  return new HttpExperimentsApi({ url: url.text, timeoutMs: 30_000 });
}

async function warehouseOf(config: Config, options: WireOptions) {
  const [{ DuckDbFile }, { DuckDbStatisticsSource }, { DuckDbRecordSink }] = await Promise.all([
    import('../adapters/duckdb/database.ts'),
    import('../adapters/duckdb/statistics-source.ts'),
    import('../adapters/duckdb/record-sink.ts'),
  ]);
  const duckdb = new DuckDbFile({
    path: required(config, 'warehouse').path,
    memoryLimit: config['duckdb.memoryLimit'],
    threads: config['duckdb.threads'],
    waitMs: config['duckdb.wait'],
    createIfMissing: options.createWarehouse,
    keepOpen: options.keepWarehouseOpen ?? false,
  });
  return {
    duckdb,
    source: new DuckDbStatisticsSource({ file: duckdb, dataset: config.resultsDataset }),
    sink: new DuckDbRecordSink({ file: duckdb, dataset: config.monitoringDataset }),
  };
}

function required<Name extends 'warehouse' | 'bucket'>(config: Config, name: Name): NonNullable<Config[Name]> {
  const value = config[name];
  if (value === undefined) throw new ContrailError('CONFIG_INVALID', `The setting ${name} is missing.`);
  return value;
}

/** The queue as producers see it. Nothing is contacted yet. */
export async function openQueue(config: Config, redisUrl: string = config.redis.text): Promise<BullmqJobQueue> {
  const { BullmqJobQueue } = await import('../queue/bullmq-job-queue.ts');
  return new BullmqJobQueue({ redisUrl, kinds: JOB_KINDS, prefix: config['queue.prefix'] });
}
