/** Names in SQL for DuckDB, and texts from its results. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/** Quotes a name, whatever characters it has. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table`, quoted. */
export function qualified(schema: string, table: string): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

/** The rows of a small result whose columns are all VARCHAR; NULL is an empty text. */
export async function queryTexts(
  connection: DuckDBConnection,
  query: string,
  values: DuckDBValue[] = [],
): Promise<string[][]> {
  const reader = await connection.runAndReadAll(query, values);
  return reader.getRowsJS().map((row) => row.map((cell) => (typeof cell === 'string' ? cell : '')));
}
