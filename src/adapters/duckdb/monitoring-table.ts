/** Queries over one monitoring table in a DuckDB file. */
import type { DuckDbFile } from './database.ts';
import { qualified, queryTexts } from './sql.ts';

export interface DuckDbReaderOptions {
  readonly file: DuckDbFile;
  /** The schema of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

/** A table with the columns it has; others are to be read as NULL. */
export interface MonitoringTable {
  /** Its quoted name. */
  readonly from: string;
  readonly columns: ReadonlySet<string | undefined>;
}

export interface MonitoringQuery {
  readonly sql: string;
  readonly parameters?: readonly string[];
}

/** A missing table or file has no rows. */
export async function queryMonitoringTable(
  { file, dataset }: DuckDbReaderOptions,
  table: string,
  queryOf: (found: MonitoringTable) => MonitoringQuery,
): Promise<readonly (readonly unknown[])[]> {
  if (!file.exists()) return [];
  return file.use('read', async (connection) => {
    const found = await queryTexts(
      connection,
      'SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
      [dataset, table],
    );
    if (found.length === 0) return [];
    const { sql, parameters = [] } = queryOf({ from: qualified(dataset, table), columns: new Set(found.flat()) });
    const reader = await connection.runAndReadAll(sql, [...parameters]);
    return reader.getRowsJS();
  });
}
