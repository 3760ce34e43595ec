/** What the adapters are called when they are handed on. */
import type { DuckDbFile } from '../../adapters/duckdb/database.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentLogs } from '../../ports/experiment-logs.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { JobHistory } from '../../ports/job-history.ts';
import type { Log } from '../../ports/log.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { MonitoringSums } from '../../ports/monitoring-sums.ts';
import type { ComposingStore, ObjectStore } from '../../ports/object-store.ts';
import type { QuerySource } from '../../ports/query-source.ts';
import type { Random } from '../../ports/random.ts';
import type { RecordSink } from '../../ports/record-sink.ts';
import type { DivisibleSource, StatisticsSource } from '../../ports/statistics-source.ts';
import type { WarehouseProbe } from '../../ports/warehouse-probe.ts';
import type { BuildDependencies } from '../../workers/metadata/build-metadata.ts';
import type { SharedHttp } from './shared-http.ts';

/** Everything the work needs, in production and in simulations. */
export interface WorkAdapters extends DividingAdapters {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly source: StatisticsSource;
  /** Where configured queries run. */
  readonly queries: QuerySource;
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

/** What `wire` makes. */
export interface WiredAdapters extends Adapters {
  /** The store again, which joins and removes work objects. */
  readonly composingStore: ComposingStore;
  /** Adds up columns of the monitoring tables. */
  readonly sums: MonitoringSums;
  /** Searches and counts the logs. */
  readonly logSearch: LogSearch;
  /** Tries rights in the warehouse. */
  readonly probe: WarehouseProbe;
}

/** Warehouse and store again, if they can divide very large tables and join the parts. */
export interface DividingAdapters {
  readonly divisibleSource?: DivisibleSource;
  readonly composingStore?: ComposingStore;
}
