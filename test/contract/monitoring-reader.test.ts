import { DuckDbMonitoringReader } from '../../src/adapters/duckdb/monitoring-reader.ts';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryMonitoringReader } from '../../src/adapters/memory/monitoring-reader.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { describeMonitoringReader } from './monitoring-reader.ts';

describeMonitoringReader('memory', () => {
  const sink = new MemoryRecordSink();
  return Promise.resolve({ sink, reader: new MemoryMonitoringReader(sink) });
});

describeMonitoringReader('duckdb', () => {
  const options = { file: temporaryDuckDb(), dataset: 'monitoring' };
  return Promise.resolve({ sink: new DuckDbRecordSink(options), reader: new DuckDbMonitoringReader(options) });
});
