/** A table of rows that a test wrote down. */
import type { ColumnBatch } from '../../../src/domain/column-batch.ts';
import { columnBatch, type CellValue } from '../column-batches.ts';
import { batchMessage } from './arrow-message.ts';
import { arrowSchema } from './arrow-types.ts';
import { columnOf, type TableField } from './field-schema.ts';
import { RowsResponse } from './rows-response.ts';
import type { RowRange, TableContent, WindowCount } from './table-content.ts';

/** Cells by column name, as `../column-batches.ts` takes them; a name left out is NULL. */
export type ExplicitRow = Readonly<Record<string, CellValue>>;

const DEFAULT_BATCH_ROWS = 1000;

export class ExplicitContent implements TableContent {
  readonly fields: readonly TableField[];
  readonly rows: readonly ExplicitRow[];
  readonly #batchRows: number;

  constructor(fields: readonly TableField[], rows: readonly ExplicitRow[], batchRows = DEFAULT_BATCH_ROWS) {
    this.fields = fields;
    this.rows = rows;
    this.#batchRows = batchRows;
  }

  get rowCount(): number {
    return this.rows.length;
  }

  get byteCount(): number {
    return this.rows.reduce(
      (bytes, row) => bytes + Object.values(row).reduce<number>((sum, cell) => sum + cellBytes(cell), 0),
      0,
    );
  }

  batchEnd(row: number): number {
    return Math.min(this.rowCount, row - (row % this.#batchRows) + this.#batchRows);
  }

  columns(fields: readonly TableField[], { from, to }: RowRange): ColumnBatch {
    return columnBatch(
      fields.map(columnOf),
      // A REPEATED field is never NULL: it is empty.
      this.rows
        .slice(from, to)
        .map((row) => fields.map((field) => row[field.name] ?? (field.mode === 'REPEATED' ? [] : null))),
    );
  }

  response(fields: readonly TableField[], range: RowRange): RowsResponse {
    return new RowsResponse(batchMessage(arrowSchema(fields), this.columns(fields, range)));
  }

  windowCounts(): WindowCount[] {
    const counts = new Map<number | null, number>();
    for (const row of this.rows) counts.set(windowOf(row), (counts.get(windowOf(row)) ?? 0) + 1);
    const ascending = [...counts].sort(([a], [b]) => (a ?? 0) - (b ?? 0));
    return ascending.map(([window, rows]) => ({ window, rows }));
  }

  rangesOfWindows(isWanted: (window: number) => boolean): RowRange[] {
    return this.rangesOf((row) => {
      const window = windowOf(row);
      return window !== null && isWanted(window);
    });
  }

  /** The rows that pass the test. */
  rangesOf(isWanted: (row: ExplicitRow) => boolean): RowRange[] {
    return this.rows.flatMap((row, index) => (isWanted(row) ? [{ from: index, to: index + 1 }] : []));
  }
}

function windowOf(row: ExplicitRow): number | null {
  const window = row['window_index'];
  return window === null || window === undefined ? null : Number(window);
}

function cellBytes(cell: CellValue): number {
  if (cell === null || cell === undefined) return 0;
  return typeof cell === 'string' ? 2 + Buffer.byteLength(cell) : 8;
}

/** A cell as text: NULL is empty. */
export function cellText(cell: CellValue): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
