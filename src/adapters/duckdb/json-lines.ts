/** Reads lines of JSON for DuckDB, which may not open other files. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Columns of the rows, with DuckDB's types. */
export type JsonColumns = readonly (readonly [name: string, type: string])[];

/** What to select from; its first parameter is the text of `jsonLines`. */
export function fromJsonLines(columns: JsonColumns): string {
  const shape = JSON.stringify([Object.fromEntries(columns)]).replaceAll("'", "''");
  return `(SELECT line.* FROM (SELECT unnest(from_json($1::JSON, '${shape}')) AS line))`;
}

/** The lines of a file, gzip or not, as one JSON list. */
export async function jsonLines(path: string): Promise<string> {
  const bytes = await readFile(path);
  const text = (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return `[${lines.join(',')}]`;
}
