/** Rows in memory as the column batches that a warehouse delivers. */
import type { ColumnBatch, ColumnVector, Validity } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import type { MemoryCell, MemoryRow } from './query-rows.ts';

/** Throws for a column of a type that rows in memory do not have. */
export function batchOfRows(columns: readonly Column[], rows: readonly MemoryRow[]): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map((column) =>
      vectorOf(
        column,
        rows.map((row) => row[column.name] ?? null),
      ),
    ),
  };
}

function vectorOf({ name, type }: Column, cells: readonly MemoryCell[]): ColumnVector {
  const validity = validityOf(cells);
  switch (type.kind) {
    case 'string': {
      const pieces = cells.map((cell) => Buffer.from(cell === null ? '' : String(cell)));
      const offsets = new Int32Array(cells.length + 1);
      for (const [index, piece] of pieces.entries()) offsets[index + 1] = (offsets[index] ?? 0) + piece.length;
      return { layout: 'binary', offsets, bytes: Buffer.concat(pieces), validity };
    }
    case 'float64':
      return { layout: 'double', values: Float64Array.from(cells, (cell) => Number(cell ?? 0)), validity };
    case 'bool':
      return { layout: 'bit', bits: bitsOf(cells, (cell) => cell === true), validity };
    case 'int64':
    case 'timestamp': {
      const values = BigInt64Array.from(cells, (cell) => (typeof cell === 'bigint' ? cell : 0n));
      return { layout: 'integer', wordsPerValue: 2, words: new Int32Array(values.buffer), validity };
    }
    default:
      throw new TypeError(`rows in memory have no ${type.kind}, the type of ${name}`);
  }
}

function validityOf(cells: readonly MemoryCell[]): Validity {
  return cells.includes(null) ? bitsOf(cells, (cell) => cell !== null) : undefined;
}

function bitsOf(cells: readonly MemoryCell[], isSet: (cell: MemoryCell) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(cells.length / 8));
  for (const [row, cell] of cells.entries()) if (isSet(cell)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}
