import { DuckDbExperimentLogs } from '../../src/adapters/duckdb/experiment-logs.ts';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryExperimentLogs } from '../../src/adapters/memory/experiment-logs.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { describeExperimentLogs } from './experiment-logs.ts';

describeExperimentLogs('memory', () => {
  const sink = new MemoryRecordSink();
  return Promise.resolve({ sink, logs: new MemoryExperimentLogs(sink) });
});

describeExperimentLogs('duckdb', () => {
  const options = { file: temporaryDuckDb(), dataset: 'monitoring' };
  return Promise.resolve({ sink: new DuckDbRecordSink(options), logs: new DuckDbExperimentLogs(options) });
});
