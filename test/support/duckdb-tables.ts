/** Makes tables in DuckDB from plain rows. */
import type { DuckDbFile } from '../../src/adapters/duckdb/database.ts';
import { identifier, qualified } from '../../src/adapters/duckdb/sql.ts';
import type { Column, ColumnType } from '../../src/domain/column-type.ts';
import type { CellValue, Row } from './column-batches.ts';

export const DATASET = 'mozanalysis';
const ROWS_PER_INSERT = 1_000;

const NAMES = {
  string: 'VARCHAR',
  float64: 'DOUBLE',
  int64: 'BIGINT',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMPTZ',
  datetime: 'TIMESTAMP',
  date: 'DATE',
  time: 'TIME',
  bytes: 'BLOB',
  json: 'JSON',
} as const;

/** Creates or replaces a table of the results dataset, as one change. */
export async function putTable(
  file: DuckDbFile,
  table: string,
  { columns, rows }: { readonly columns: readonly Column[]; readonly rows: readonly Row[] },
): Promise<void> {
  const name = qualified(DATASET, table);
  const definitions = columns.map((column) => `${identifier(column.name)} ${duckDbType(column.type)}`).join(', ');
  await file.use('write', async (connection) => {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(DATASET)}`);
    await connection.run('BEGIN TRANSACTION');
    await connection.run(`CREATE OR REPLACE TABLE ${name} (${definitions})`);
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const values = rows.slice(start, start + ROWS_PER_INSERT).map((row) => `(${literals(columns, row)})`);
      await connection.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
    }
    await connection.run('COMMIT');
  });
}

/** Runs statements, with the results dataset there. */
export async function runSql(file: DuckDbFile, ...statements: readonly string[]): Promise<void> {
  await file.use('write', async (connection) => {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(DATASET)}`);
    for (const statement of statements) await connection.run(statement);
  });
}

function duckDbType(type: ColumnType): string {
  if (type.kind === 'numeric') return `DECIMAL(38, ${type.scale})`;
  if (type.kind === 'array') return `${duckDbType(type.element)}[]`;
  if (type.kind !== 'struct') return NAMES[type.kind];
  return `STRUCT(${type.fields.map((field) => `${identifier(field.name)} ${duckDbType(field.type)}`).join(', ')})`;
}

function literals(columns: readonly Column[], row: Row): string {
  const cells = columns.map((column, index) =>
    Array.isArray(row) ? (row as readonly CellValue[])[index] : (row as Record<string, CellValue>)[column.name],
  );
  return columns.map((column, index) => literal(column.type, cells[index])).join(', ');
}

function literal(type: ColumnType, cell: CellValue): string {
  if (cell === null || cell === undefined) return 'NULL';
  if (cell instanceof Uint8Array) return `unhex('${Buffer.from(cell).toString('hex')}')`;
  if (type.kind === 'array')
    return `[${(cell as CellValue[]).map((entry) => literal(type.element, entry)).join(', ')}]`;
  if (type.kind === 'struct') {
    const fields = cell as Record<string, CellValue>;
    return `{${type.fields.map((field) => `'${field.name}': ${literal(field.type, fields[field.name])}`).join(', ')}}`;
  }
  const zone = type.kind === 'timestamp' ? '+00' : '';
  const text = `'${textOf(cell).replaceAll("'", "''")}${zone}'`;
  // A statement may not hold U+0000, a value may.
  return `(${text.split('\0').join("' || chr(0) || '")})::${duckDbType(type)}`;
}

/** `String(-0)` is `0`. */
function textOf(cell: CellValue): string {
  if (typeof cell === 'object') throw new TypeError('neither a number nor a text');
  return Object.is(cell, -0) ? '-0.0' : String(cell);
}
