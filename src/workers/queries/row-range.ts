/** Some rows of a batch. */
import { type ColumnBatch, rowsOf } from '../../domain/column-batch.ts';

/** The rows `[from, to)` of a batch. */
export interface RowRange {
  readonly batch: ColumnBatch;
  readonly from: number;
  readonly to: number;
}

/** Batches can only be cut at multiples of 8, so the rows before the first one are marked to be skipped. */
export function cutOut({ batch, from, to }: RowRange): { readonly batch: ColumnBatch; readonly skip?: Uint8Array } {
  const start = from & ~7;
  const cut = rowsOf(batch, start, to);
  return start === from ? { batch: cut } : { batch: cut, skip: new Uint8Array(to - start).fill(1, 0, from - start) };
}

/** The range in pieces of at most `most` rows. */
export function* piecesOf({ batch, from, to }: RowRange, most: number): Generator<RowRange> {
  for (let start = from; start < to; start += most) yield { batch, from: start, to: Math.min(start + most, to) };
}

/** The rows without some of their columns. */
export function withColumns({ batch, from, to }: RowRange, indexes: readonly number[]): RowRange {
  return { batch: { rowCount: batch.rowCount, columns: indexes.map((index) => batch.columns[index]!) }, from, to };
}
