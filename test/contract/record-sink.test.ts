import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { queryRows, temporaryDuckDb } from '../support/duckdb.ts';
import { describeRecordSink, describeRequiredValues, type RecordSinkWorld } from './record-sink.ts';
import { describeRecordSinkLayout } from './record-sink-layout.ts';

describeRecordSink('memory', memory);
describeRequiredValues('memory', memory);
describeRecordSinkLayout('memory', memory);
describeRecordSink('duckdb', duckdb);
describeRequiredValues('duckdb', duckdb);
describeRecordSinkLayout('duckdb', duckdb);

async function memory(): Promise<RecordSinkWorld> {
  const sink = new MemoryRecordSink();
  return { sink, rows: (table) => Promise.resolve([...sink.rows(table)]) };
}

async function duckdb(): Promise<RecordSinkWorld> {
  const file = temporaryDuckDb();
  const rows = async (table: string) =>
    file.exists() ? queryRows(file, `SELECT * FROM monitoring.${table} ORDER BY rowid`) : [];
  return { sink: new DuckDbRecordSink({ file, dataset: 'monitoring' }), rows };
}
