/** A file of queries in a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueriesFile, readQueriesFile } from '../../src/config/queries/read-queries-file.ts';
import type { SqlDialect } from '../../src/domain/error-category-sql.ts';
import { ContrailError } from '../../src/domain/errors.ts';

export interface QueriesText {
  readonly text: string;
  /** Name of the file; default `queries.toml`. */
  readonly name?: string;
  /** Other files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly dialect?: SqlDialect;
}

/** Reads a text as the file of queries. */
export function readQueriesText({
  text,
  name = 'queries.toml',
  files = {},
  dialect = 'bigquery',
}: QueriesText): QueriesFile {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-queries-'));
  try {
    for (const [file, content] of Object.entries({ ...files, [name]: text }))
      writeFileSync(join(folder, file), content);
    return readQueriesFile(join(folder, name), dialect);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The lines of the refusal; none if the text is valid. */
export function problemsOf(queries: QueriesText): readonly string[] {
  try {
    readQueriesText(queries);
    return [];
  } catch (error) {
    if (error instanceof ContrailError && error.code === 'CONFIG_INVALID') return error.message.split('\n');
    throw error;
  }
}

/** A valid entry of SQL in TOML, with other fields, or without those that are undefined. */
export function sqlEntry(fields: Readonly<Record<string, string | undefined>> = {}): string {
  return entry({
    name: '"daily"',
    sql: '"SELECT 1 AS a"',
    object: '"reports/daily.json"',
    every: '"1h"',
    orderBy: '["a"]',
    ...fields,
  });
}

/** A valid entry of a table, split by experiment. */
export function tableEntry(fields: Readonly<Record<string, string | undefined>> = {}): string {
  return entry({
    name: '"live"',
    table: '"p.d.t"',
    columns: '["experiment", "branch", "value", "time"]',
    scope: '"split"',
    object: '"monitoring/{slug}.json"',
    every: '"5m"',
    orderBy: '["time desc", "branch"]',
    ...fields,
  });
}

function entry(fields: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field} = ${value}`],
  );
  return ['[[query]]', ...lines, ''].join('\n');
}
