/** `contrail run errors` on a DuckDB file with log rows, and a bucket of its own. */
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import type { RecordRow } from '../../src/ports/record-sink.ts';
import { runContrail } from './contrail.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from './duckdb.ts';

export async function errorsRun(rows: readonly RecordRow[]) {
  const file = temporaryDuckDb();
  const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
  await sink.append({ id: 'logs', table: 'logs', rows }, new AbortController().signal);
  file.close();
  const bucket = temporaryFolder();
  const environment = { CONTRAIL_WAREHOUSE: `duckdb:${file.path}`, CONTRAIL_BUCKET: `file:${bucket}` };
  return {
    bucket,
    run: (...options: readonly string[]) => runContrail(['run', 'errors', ...options, '--json'], { environment }),
    logged: () => queryRows(temporaryDuckDb({ path: file.path }), `FROM monitoring.logs WHERE source = 'contrail'`),
  };
}
