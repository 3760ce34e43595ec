/** What a format does; `file-format.ts` chooses one. */
import type { RowRange } from './row-range.ts';

/** Turns the rows of one file into bytes. Pieces are valid until the next one is taken. */
export interface FileFormat {
  rows(range: RowRange): Iterable<Uint8Array>;
  /** What follows the last row. */
  end(): Iterable<Uint8Array>;
  /** NaN and infinities that were not written as numbers. */
  readonly nonFinite: number;
}
