/** The adapters of the warehouse, by setting. */
import type { Config } from '../../config/load-config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { bothLimits } from '../../ports/shared-limit.ts';
import type { WiredAdapters } from './adapters.ts';
import type { SharedLimits } from './open-shared-limits.ts';
import { requiredSetting } from './required-setting.ts';
import type { SharedHttp } from './shared-http.ts';

type Warehouse = Pick<
  WiredAdapters,
  | 'logs'
  | 'reader'
  | 'sums'
  | 'logSearch'
  | 'jobHistory'
  | 'probe'
  | 'source'
  | 'queries'
  | 'sink'
  | 'duckdb'
  | 'divisibleSource'
  | 'close'
>;

export interface WarehouseOptions {
  /** Create a missing DuckDB file; not for commands that read results from it. */
  readonly createWarehouse: boolean;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly http: SharedHttp;
  /** Limits for all workers; default: none. */
  readonly limits?: SharedLimits;
}

/** Contacts and opens nothing yet. */
export function warehouseOf(config: Config, options: WarehouseOptions): Promise<Warehouse> {
  return requiredSetting(config, 'warehouse').scheme === 'duckdb'
    ? duckdbOf(config, options)
    : bigqueryOf(config, options);
}

async function duckdbOf(config: Config, options: WarehouseOptions): Promise<Warehouse> {
  const { DuckDbFile } = await import('../../adapters/duckdb/database.ts');
  const { DuckDbStatisticsSource } = await import('../../adapters/duckdb/statistics-source.ts');
  const { DuckDbRecordSink } = await import('../../adapters/duckdb/record-sink.ts');
  const { DuckDbExperimentLogs } = await import('../../adapters/duckdb/experiment-logs.ts');
  const { DuckDbMonitoringReader } = await import('../../adapters/duckdb/monitoring-reader.ts');
  const { DuckDbMonitoringSums } = await import('../../adapters/duckdb/monitoring-sums.ts');
  const { DuckDbLogSearch } = await import('../../adapters/duckdb/log-search.ts');
  const { DuckDbWarehouseProbe } = await import('../../adapters/duckdb/warehouse-probe.ts');
  const { DuckDbJobHistory } = await import('../../adapters/duckdb/job-history.ts');
  const { DuckDbQuerySource } = await import('../../adapters/duckdb/query-source.ts');
  const duckdb = new DuckDbFile({
    path: requiredSetting(config, 'warehouse').path,
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
    queries: new DuckDbQuerySource({ file: duckdb, clock: options.clock }),
    sink: new DuckDbRecordSink(monitoring),
    logs: new DuckDbExperimentLogs(monitoring),
    reader: new DuckDbMonitoringReader(monitoring),
    sums: new DuckDbMonitoringSums(monitoring),
    logSearch: new DuckDbLogSearch(monitoring),
    jobHistory: new DuckDbJobHistory({ file: duckdb }),
    probe: new DuckDbWarehouseProbe({ file: duckdb, resultsDataset: config.resultsDataset }),
    close: () => Promise.resolve(duckdb.close()),
  };
}

async function bigqueryOf(
  config: Config,
  { clock, random, log, http, limits = {} }: WarehouseOptions,
): Promise<Warehouse> {
  const { BigQueryStatisticsSource } = await import('../../adapters/bigquery/statistics-source.ts');
  const { BigQueryRecordSink } = await import('../../adapters/bigquery/record-sink.ts');
  const { BigQueryExperimentLogs } = await import('../../adapters/bigquery/experiment-logs.ts');
  const { BigQueryMonitoringReader } = await import('../../adapters/bigquery/monitoring-reader.ts');
  const { BigQueryMonitoringSums } = await import('../../adapters/bigquery/monitoring-sums.ts');
  const { BigQueryLogSearch } = await import('../../adapters/bigquery/log-search.ts');
  const { BigQueryWarehouseProbe } = await import('../../adapters/bigquery/warehouse-probe.ts');
  const { BigQueryJobHistory } = await import('../../adapters/bigquery/job-history.ts');
  const { BigQueryQuerySource } = await import('../../adapters/bigquery/query-source.ts');
  const { DEFAULT_LIMITS } = await import('../../adapters/bigquery/options.ts');
  const { Turns } = await import('../../adapters/bigquery/turns.ts');
  const { hostname, searchParams } = new URL(requiredSetting(config, 'warehouse').text);
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
    turns: {
      readStreams: bothLimits(new Turns(DEFAULT_LIMITS.streams), limits.readStreams),
      ...(limits.queries === undefined ? {} : { queries: limits.queries }),
    },
    isCompressed: config['bigquery.compression'],
    http: http(),
    clock,
    random,
    log,
  };
  const monitoring = { ...options, dataset: config.monitoringDataset };
  const source = new BigQueryStatisticsSource({ ...options, dataset: config.resultsDataset });
  const queries = new BigQueryQuerySource(options);
  return {
    source,
    queries,
    divisibleSource: source,
    sink: new BigQueryRecordSink(monitoring),
    logs: new BigQueryExperimentLogs(monitoring),
    reader: new BigQueryMonitoringReader(monitoring),
    sums: new BigQueryMonitoringSums(monitoring),
    logSearch: new BigQueryLogSearch(monitoring),
    jobHistory: new BigQueryJobHistory(options),
    probe: new BigQueryWarehouseProbe({
      ...options,
      resultsDataset: config.resultsDataset,
      monitoringDataset: config.monitoringDataset,
    }),
    close: async () => {
      await Promise.all([source.close(), queries.close()]);
    },
  };
}
