/** Rows of a published file as a batch of columns, so that they are checked by the same rules as before publishing. */
import type { ColumnBatch, ColumnVector } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { ORDER_COLUMNS } from '../../domain/row-order.ts';

export type FileRow = Readonly<Record<string, unknown>>;

/** `json` takes any value, but is several times slower. */
export type ColumnKind = 'string' | 'float64' | 'json';

/** Columns whose values are usually numbers; the others are usually text. */
const NUMBERS: ReadonlySet<string> = new Set(['ci_width', 'point', 'lower', 'upper']);

/** A value of another kind than its column was expected to have. */
export class OtherKindError extends Error {
  readonly column: string;

  constructor(column: string) {
    super(`${column} has values of another kind`);
    this.column = column;
  }
}

/** The columns that the rules look at; `others` are those with values of an unusual kind. */
export function columnsOf(row: FileRow, others: ReadonlySet<string>): readonly Column[] {
  return ORDER_COLUMNS.filter((name) => Object.hasOwn(row, name)).map((name) => ({
    name,
    type: { kind: others.has(name) ? 'json' : NUMBERS.has(name) ? 'float64' : 'string' },
  }));
}

/** Throws OtherKindError for a value that its column cannot hold. */
export function batchOf(columns: readonly Column[], rows: readonly FileRow[]): ColumnBatch {
  return { rowCount: rows.length, columns: columns.map((column) => vectorOf(column, rows)) };
}

function vectorOf({ name, type }: Column, rows: readonly FileRow[]): ColumnVector {
  if (type.kind === 'float64') return numbers(name, rows);
  return type.kind === 'string' ? texts(name, rows) : json(name, rows);
}

function numbers(name: string, rows: readonly FileRow[]): ColumnVector {
  const values = new Float64Array(rows.length);
  const validity = new Uint8Array((rows.length + 7) >> 3);
  for (const [row, cells] of rows.entries()) {
    const value = cells[name];
    if (value === null) continue;
    if (typeof value !== 'number') throw new OtherKindError(name);
    values[row] = value;
    validity[row >> 3]! |= 1 << (row & 7);
  }
  return { layout: 'double', values, validity };
}

function texts(name: string, rows: readonly FileRow[]): ColumnVector {
  return binary(rows, (row) => {
    const value = row[name];
    if (value === null || typeof value === 'string') return value;
    throw new OtherKindError(name);
  });
}

function json(name: string, rows: readonly FileRow[]): ColumnVector {
  return binary(rows, (row) => {
    const value = row[name];
    return value === null || value === undefined ? null : JSON.stringify(value);
  });
}

function binary(rows: readonly FileRow[], textOf: (row: FileRow) => string | null): ColumnVector {
  const offsets = new Int32Array(rows.length + 1);
  const validity = new Uint8Array((rows.length + 7) >> 3);
  const parts: string[] = [];
  for (const [row, cells] of rows.entries()) {
    const text = textOf(cells);
    offsets[row + 1] = offsets[row]! + (text === null ? 0 : Buffer.byteLength(text));
    if (text === null) continue;
    validity[row >> 3]! |= 1 << (row & 7);
    parts.push(text);
  }
  return { layout: 'binary', offsets, bytes: Buffer.from(parts.join('')), validity };
}
