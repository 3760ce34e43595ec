import { DuckDbLogSearch } from '../../src/adapters/duckdb/log-search.ts';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryLogSearch } from '../../src/adapters/memory/log-search.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { describeLogSearch } from './log-search.ts';

describeLogSearch('memory', () => {
  const sink = new MemoryRecordSink();
  return Promise.resolve({ sink, search: new MemoryLogSearch(sink) });
});

describeLogSearch('duckdb', () => {
  const options = { file: temporaryDuckDb(), dataset: 'monitoring' };
  return Promise.resolve({ sink: new DuckDbRecordSink(options), search: new DuckDbLogSearch(options) });
});
