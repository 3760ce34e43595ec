/** Names in SQL texts for DuckDB, and texts out of its answers. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/** A name as an SQL identifier, whatever characters it holds. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` as SQL identifiers. */
export function qualified(schema: string, table: string): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

/** The rows of a small answer whose columns are all VARCHAR; NULL is the empty text. */
export async function queryTexts(
  connection: DuckDBConnection,
  query: string,
  values: DuckDBValue[] = [],
): Promise<string[][]> {
  const reader = await connection.runAndReadAll(query, values);
  return reader.getRowsJS().map((row) => row.map((cell) => (typeof cell === 'string' ? cell : '')));
}
