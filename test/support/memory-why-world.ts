/** Everything that `contrail why` reads, in memory. */
import { MemoryExperimentsApi } from '../../src/adapters/memory/experiments-api.ts';
import { MemoryMetricHub } from '../../src/adapters/memory/metric-hub.ts';
import { MemoryMonitoringReader } from '../../src/adapters/memory/monitoring-reader.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import type { WhyDependencies } from '../../src/app/why/explain-experiment.ts';
import { LOGS_TABLE } from '../../src/domain/log-record.ts';
import { ConfigurationLoader } from '../../src/workers/metadata/configuration-loader.ts';
import { never } from './metadata-world.ts';
import type { TraceFile } from './trace-cases.ts';
import { rules } from './trace-world.ts';
import { hubTreeOf, publishFiles, recordOf } from './why-world.ts';

/** The world of a case, with its tables in `source`. */
export async function memoryWhyWorld(read: TraceFile, source = new MemoryStatisticsSource()) {
  const metricHub = new MemoryMetricHub();
  metricHub.commit(hubTreeOf(read), 0);
  const experiments = new MemoryExperimentsApi([recordOf(read)]);
  const sink = new MemoryRecordSink();
  await sink.append({ id: 'logs', table: LOGS_TABLE, rows: read.logs }, never);
  const store = new MemoryObjectStore();
  await publishFiles(store, read);
  const configurations = new ConfigurationLoader();
  const deps: WhyDependencies = {
    source,
    store,
    experiments,
    sink,
    reader: new MemoryMonitoringReader(sink),
    resolution: () => Promise.resolve({ metricHub, configurations }),
    clock: { now: () => Date.parse(read.now) },
    rules,
  };
  return { deps, source, store, experiments, metricHub, sink };
}
