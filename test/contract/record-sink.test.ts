import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { queryRows, temporaryDuckDb } from '../support/duckdb.ts';
import { describeRecordSink } from './record-sink.ts';

describeRecordSink('memory', () => {
  const sink = new MemoryRecordSink();
  return Promise.resolve({ sink, rows: (table) => Promise.resolve([...sink.rows(table)]) });
});

describeRecordSink('duckdb', () => {
  const file = temporaryDuckDb();
  const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
  return Promise.resolve({
    sink,
    rows: async (table) => {
      if (!file.exists()) return [];
      return queryRows(file, `SELECT * FROM monitoring.${table} ORDER BY rowid`);
    },
  });
});
