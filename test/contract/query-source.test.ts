import { DuckDbQuerySource } from '../../src/adapters/duckdb/query-source.ts';
import type { MemoryCell, MemoryRow } from '../../src/adapters/memory/query-rows.ts';
import { MemoryQuerySource } from '../../src/adapters/memory/query-source.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Column } from '../../src/domain/column-type.ts';
import { parseTimestamp } from '../../src/domain/utc-time.ts';
import type { CellValue, Row } from '../support/column-batches.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { putTable, runSql } from '../support/duckdb-tables.ts';
import { LIVE } from '../support/query-source-world.ts';
import { describeQuerySource } from './query-source.ts';

describeQuerySource('memory', () => {
  const source = new MemoryQuerySource({ clock: systemClock });
  return Promise.resolve({
    source,
    put: (table, columns, rows) => {
      source.setTable(`${LIVE}.${table}`, { columns, rows: rows.map((row) => memoryRow(columns, row)) });
      return Promise.resolve();
    },
    pathOf: (table) => `${LIVE}.${table}`,
    isAmong: (value, array) => `${value} IN UNNEST(${array})`,
    knowSql: (sql, columns, rows) => source.setAnswer(sql, { columns, rows }),
  });
});

describeQuerySource('duckdb', () => {
  const file = temporaryDuckDb();
  return Promise.resolve({
    source: new DuckDbQuerySource({ file, clock: systemClock }),
    put: async (table, columns, rows) => {
      await putTable(file, table, { columns, rows });
      await runSql(
        file,
        `CREATE SCHEMA IF NOT EXISTS ${LIVE}`,
        `CREATE TABLE ${LIVE}.${table} AS FROM mozanalysis.${table}`,
      );
    },
    pathOf: (table) => `${LIVE}.${table}`,
    isAmong: (value, array) => `list_contains(${array}, ${value})`,
  });
});

function memoryRow(columns: readonly Column[], row: Row): MemoryRow {
  const cells = Array.isArray(row) ? (row as readonly CellValue[]) : [];
  return Object.fromEntries(columns.map(({ name, type }, index) => [name, memoryCell(type.kind, cells[index])]));
}

function memoryCell(kind: string, cell: CellValue): MemoryCell {
  if (cell === null || cell === undefined || typeof cell === 'boolean' || typeof cell === 'bigint') return cell ?? null;
  if (kind === 'int64' && typeof cell === 'number') return BigInt(cell);
  if (kind === 'timestamp' && typeof cell === 'string') return BigInt(parseTimestamp(cell) ?? 0);
  if (typeof cell === 'string' || typeof cell === 'number') return cell;
  throw new TypeError(`no cell in memory: ${typeof cell}`);
}
