/**
 * Builds the adapters for the settings; the only file that knows them all. Each is imported on demand, because the clients
 * of some vendors take long to load.
 */
import type { DuckDbFile } from '../../adapters/duckdb/database.ts';
import { fixedClock, systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import type { Config } from '../../config/load-config.ts';
import { SETTINGS } from '../../config/settings.ts';
import type { ByteLimit } from '../../domain/byte-limit.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentLogs } from '../../ports/experiment-logs.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { JobHistory } from '../../ports/job-history.ts';
import type { Log } from '../../ports/log.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { ComposingStore, ObjectStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { RecordSink } from '../../ports/record-sink.ts';
import type { DivisibleSource, StatisticsSource } from '../../ports/statistics-source.ts';
import type { BuildDependencies } from '../../workers/metadata/build-metadata.ts';
import { type SharedHttp, sharedHttp } from './shared-http.ts';

/** Everything the work needs, in production and in simulations. */
export interface WorkAdapters extends DividingAdapters {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly source: StatisticsSource;
  readonly sink: RecordSink;
  readonly store: ObjectStore;
  readonly experiments: ExperimentsApi;
  /** Reads the monitoring tables. */
  readonly reader: MonitoringReader;
  readonly jobHistory: JobHistory;
  /** Log rows of the analysis. */
  readonly logs: ExperimentLogs;
  /** Resolves metadata, once per process; opens metric-hub on first use. */
  readonly resolution: () => Promise<BuildDependencies>;
}

export interface Adapters extends WorkAdapters {
  /** Connections shared by all adapters. */
  readonly http: SharedHttp;
  /** The DuckDB file, if the warehouse is one; the demo changes its tables. */
  readonly duckdb?: DuckDbFile;
  /** Closes files and connections. Running work on a DuckDB file may still finish. */
  close(): Promise<void>;
}

/** Warehouse and store again, if they can divide very large tables and join the parts. */
export interface DividingAdapters {
  readonly divisibleSource?: DivisibleSource;
  readonly composingStore?: ComposingStore;
}

export interface WireOptions {
  /** Create a missing DuckDB file; not for commands that read results from it. */
  readonly createWarehouse: boolean;
  readonly log: Log;
}

/** The adapters of a configuration with `warehouse` and `bucket`. Contacts and opens nothing yet. */
export async function wire(config: Config, options: WireOptions): Promise<Adapters> {
  const clock = clockOf(config);
  const random = systemRandom;
  const { log } = options;
  const http = sharedHttp();
  const [warehouse, store, api] = await Promise.all([
    warehouseOf(config, { ...options, clock, random, http }),
    storeOf(config, { clock, random, log, http }),
    experimentsSourceOf(config, http),
  ]);
  const experiments = await keptExperiments(config, api, clock);
  const resolution = once(() => resolutionOf(config, { clock, http }));
  return {
    clock,
    random,
    log,
    http,
    ...warehouse,
    store,
    composingStore: store,
    experiments,
    resolution,
  };
}

/** The object store of a configuration with `bucket`. */
export async function storeOf(
  config: Config,
  {
    clock,
    random,
    log,
    http = sharedHttp(),
  }: Pick<Adapters, 'clock' | 'random' | 'log'> & Partial<Pick<Adapters, 'http'>>,
): Promise<ComposingStore> {
  const { scheme, path, text } = required(config, 'bucket');
  if (scheme === 'file') {
    const { FileObjectStore } = await import('../../adapters/filesystem/object-store.ts');
    return new FileObjectStore({ root: path, clock });
  }
  const { GcsObjectStore } = await import('../../adapters/gcs/object-store.ts');
  return new GcsObjectStore({
    bucket: new URL(text).hostname,
    gzip: config['gcs.gzip'],
    clock,
    random,
    log,
    http: http(),
    ...(config.storageEmulator === undefined ? {} : { apiEndpoint: config.storageEmulator }),
  });
}

export function clockOf(config: Config): Clock {
  return config.now === undefined ? systemClock : fixedClock(config.now);
}

/** The experiments API, cached for a short while. */
async function keptExperiments(config: Config, api: ExperimentsApi, clock: Clock): Promise<ExperimentsApi> {
  const { KeptExperimentsApi } = await import('../../adapters/experimenter/kept-experiments-api.ts');
  return new KeptExperimentsApi({ api, keepMs: config['experimenter.keep'], clock });
}

async function experimentsSourceOf(config: Config, http: SharedHttp): Promise<ExperimentsApi> {
  const place = config.experimenter;
  const limits = {
    bytes: byteLimit(config, 'experimenter.maximumBytes'),
    records: {
      count: config['experimenter.maximumRecords'],
      setting: SETTINGS['experimenter.maximumRecords'].variable,
    },
  };
  if (place.scheme === 'file') {
    const { FileExperimentsApi } = await import('../../adapters/experimenter/file-experiments-api.ts');
    return new FileExperimentsApi({ path: place.path, limits });
  }
  const { HttpExperimentsApi } = await import('../../adapters/experimenter/http-experiments-api.ts');
  return new HttpExperimentsApi({ address: place.address, http: http(), timeoutMs: 30_000, limits });
}

async function resolutionOf(
  config: Config,
  { clock, http }: Pick<Adapters, 'clock' | 'http'>,
): Promise<BuildDependencies> {
  const [{ fetchedMetricHub, localMetricHub }, { ConfigurationLoader }] = await Promise.all([
    import('../../adapters/metric-hub/open-metric-hub.ts'),
    import('../../workers/metadata/configuration-loader.ts'),
  ]);
  const place = config.metricHub;
  const options = {
    cloneFolder: config['metricHub.folder'],
    refreshMs: config['metricHub.refresh'],
    timeoutMs: config['metricHub.timeout'],
    limits: {
      pack: byteLimit(config, 'metricHub.maximumBytes'),
      file: byteLimit(config, 'metricHub.maximumFileBytes'),
    },
    isPrivate: config['metricHub.private'],
    clock,
  };
  const metricHub =
    place.scheme === 'file'
      ? await localMetricHub(place.path, options)
      : fetchedMetricHub(place.address, { ...options, http: http() });
  return { metricHub, configurations: new ConfigurationLoader() };
}

export function byteLimit(
  config: Config,
  name:
    | 'experimenter.maximumBytes'
    | 'metricHub.maximumBytes'
    | 'metricHub.maximumFileBytes'
    | 'enrollmentCounts.maximumBytes',
): ByteLimit {
  return { bytes: config[name], setting: SETTINGS[name].variable };
}

/** Makes a value on first use, and again if that failed. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

type Warehouse = Pick<
  Adapters,
  'logs' | 'reader' | 'jobHistory' | 'source' | 'sink' | 'duckdb' | 'divisibleSource' | 'close'
>;

interface WarehouseOptions extends WireOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: SharedHttp;
}

function warehouseOf(config: Config, options: WarehouseOptions): Promise<Warehouse> {
  return required(config, 'warehouse').scheme === 'duckdb' ? duckdbOf(config, options) : bigqueryOf(config, options);
}

async function duckdbOf(config: Config, options: WarehouseOptions): Promise<Warehouse> {
  const { DuckDbFile } = await import('../../adapters/duckdb/database.ts');
  const { DuckDbStatisticsSource } = await import('../../adapters/duckdb/statistics-source.ts');
  const { DuckDbRecordSink } = await import('../../adapters/duckdb/record-sink.ts');
  const { DuckDbExperimentLogs } = await import('../../adapters/duckdb/experiment-logs.ts');
  const { DuckDbMonitoringReader } = await import('../../adapters/duckdb/monitoring-reader.ts');
  const { DuckDbJobHistory } = await import('../../adapters/duckdb/job-history.ts');
  const duckdb = new DuckDbFile({
    path: required(config, 'warehouse').path,
    memoryLimit: config['duckdb.memoryLimit'],
    threads: config['duckdb.threads'],
    waitMs: config['duckdb.wait'],
    createIfMissing: options.createWarehouse,
    keepOpen: false,
    clock: options.clock,
  });
  const monitoring = { file: duckdb, dataset: config.monitoringDataset };
  return {
    duckdb,
    source: new DuckDbStatisticsSource({ file: duckdb, dataset: config.resultsDataset }),
    sink: new DuckDbRecordSink(monitoring),
    logs: new DuckDbExperimentLogs(monitoring),
    reader: new DuckDbMonitoringReader(monitoring),
    jobHistory: new DuckDbJobHistory({ file: duckdb }),
    close: () => Promise.resolve(duckdb.close()),
  };
}

async function bigqueryOf(config: Config, { clock, random, log, http }: WarehouseOptions): Promise<Warehouse> {
  const { BigQueryStatisticsSource } = await import('../../adapters/bigquery/statistics-source.ts');
  const { BigQueryRecordSink } = await import('../../adapters/bigquery/record-sink.ts');
  const { BigQueryExperimentLogs } = await import('../../adapters/bigquery/experiment-logs.ts');
  const { BigQueryMonitoringReader } = await import('../../adapters/bigquery/monitoring-reader.ts');
  const { BigQueryJobHistory } = await import('../../adapters/bigquery/job-history.ts');
  const { DEFAULT_LIMITS } = await import('../../adapters/bigquery/options.ts');
  const { hostname, searchParams } = new URL(required(config, 'warehouse').text);
  const location = searchParams.get('location');
  const options = {
    project: hostname,
    ...(location === null ? {} : { location }),
    ...(config.bigqueryEmulator === undefined ? {} : { apiEndpoint: config.bigqueryEmulator }),
    ...(config.bigqueryStorageEmulator === undefined ? {} : { storageEndpoint: config.bigqueryStorageEmulator }),
    limits: {
      ...DEFAULT_LIMITS,
      veryLargeRows: config['statistics.divideRows'],
      parts: config['bigquery.parts'],
      maximumBytesBilled: config['bigquery.maximumBytesBilled'],
    },
    isCompressed: config['bigquery.compression'],
    http: http(),
    clock,
    random,
    log,
  };
  const monitoring = { ...options, dataset: config.monitoringDataset };
  const source = new BigQueryStatisticsSource({ ...options, dataset: config.resultsDataset });
  return {
    source,
    divisibleSource: source,
    sink: new BigQueryRecordSink(monitoring),
    logs: new BigQueryExperimentLogs(monitoring),
    reader: new BigQueryMonitoringReader(monitoring),
    jobHistory: new BigQueryJobHistory(options),
    close: () => source.close(),
  };
}

function required<Name extends 'warehouse' | 'bucket'>(config: Config, name: Name): NonNullable<Config[Name]> {
  const value = config[name];
  if (value === undefined) throw new ContrailError('CONFIG_INVALID', `The setting ${name} is missing.`);
  return value;
}
