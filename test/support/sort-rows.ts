/** Sorts plain rows as a file has them (domain/row-order.ts), for tables in memory, which are delivered as they are. */
import type { Column } from '../../src/domain/column-type.ts';
import { KEY_COLUMNS, ORDER_COLUMNS } from '../../src/domain/row-order.ts';
import type { CellValue, Row } from './column-batches.ts';

/** The rows in the order of a file: NULL first, numbers by value, windows also where they are texts; then by the other columns. */
export function sortedRows(columns: readonly Column[], rows: readonly Row[]): Row[] {
  const named = ORDER_COLUMNS.flatMap((name) => columns.filter((column) => column.name === name));
  const order = [...named, ...columns.filter((column) => !named.includes(column))];
  return [...rows].sort((a, b) => {
    for (const column of order) {
      const index = columns.indexOf(column);
      const difference = compare(keyOf(column, cellOf(a, column, index)), keyOf(column, cellOf(b, column, index)));
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function cellOf(row: Row, column: Column, index: number): CellValue {
  return Array.isArray(row) ? (row as readonly CellValue[])[index] : (row as Record<string, CellValue>)[column.name];
}

function keyOf({ name, type }: Column, cell: CellValue): bigint | number | string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (type.kind === 'int64') return BigInt(textOf(cell));
  if (name === 'window_index' || type.kind === 'numeric') return Number(cell);
  if (type.kind !== 'float64') return textOf(cell);
  const isKey = KEY_COLUMNS.some((key) => key === name);
  return isKey && !Number.isFinite(Number(cell)) ? undefined : Number(cell);
}

/** Lists and structs come last in the order, and differ in no test by them alone. */
function textOf(cell: CellValue): string {
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

function compare(a: bigint | number | string | undefined, b: bigint | number | string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}
