/** Lines of JSON for DuckDB, read by us: with external access off, it opens no file but its own. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Columns of the rows, with DuckDB's types. */
export type JsonColumns = readonly (readonly [name: string, type: string])[];

/** What to select rows from, with the text of `jsonLines` as its first parameter. */
export function fromJsonLines(columns: JsonColumns): string {
  const shape = JSON.stringify([Object.fromEntries(columns)]).replaceAll("'", "''");
  return `(SELECT line.* FROM (SELECT unnest(from_json($1::JSON, '${shape}')) AS line))`;
}

/** The lines of a file, packed by gzip or not, as one list. */
export async function jsonLines(path: string): Promise<string> {
  const bytes = await readFile(path);
  const text = (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return `[${lines.join(',')}]`;
}
