import { DuckDbMonitoringSums } from '../../src/adapters/duckdb/monitoring-sums.ts';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryMonitoringSums } from '../../src/adapters/memory/monitoring-sums.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { describeMonitoringSums } from './monitoring-sums.ts';

describeMonitoringSums('memory', () => {
  const sink = new MemoryRecordSink();
  return Promise.resolve({ sink, reader: new MemoryMonitoringSums(sink) });
});

describeMonitoringSums('duckdb', () => {
  const options = { file: temporaryDuckDb(), dataset: 'monitoring' };
  return Promise.resolve({ sink: new DuckDbRecordSink(options), reader: new DuckDbMonitoringSums(options) });
});
