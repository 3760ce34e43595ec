/** Finds rows that repeat the key of an earlier one (spec: statistics, section 4), in one of two ways, depending on their order. */
import type { ColumnBatch, ColumnVector } from '../../../domain/column-batch.ts';
import type { Column } from '../../../domain/column-type.ts';
import { KEY_COLUMNS } from '../../../domain/row-order.ts';
import type { RowOrder } from '../../../ports/statistics-source.ts';
import { KeySet } from './key-set.ts';
import { isWritten, isWrittenAlike, markChanges } from '../written-value.ts';

export interface RepeatedKeys {
  /** Marks rows that repeat the key of an earlier row in the file, and returns their number. */
  leaveOut(batch: ColumnBatch, leftOut: Uint8Array): number;
  /** Rows that were not checked, because their window is too large. */
  readonly unchecked: number;
}

export interface RepeatedKeysOptions {
  readonly columns: readonly Column[];
  readonly order: RowOrder;
  /** Most rows of a window whose keys are kept, if rows are not sorted by key. */
  readonly windowLimit: number;
}

export function repeatedKeys({ columns, order, windowLimit }: RepeatedKeysOptions): RepeatedKeys {
  return order === 'key' ? new NeighbouringKeys(columns) : new KeptKeys(columns, windowLimit);
}

/** Branches and comparisons change with nearly every row; when they do, the other columns need no comparison. */
const COMPARED_COLUMNS = [...new Set(['branch', 'comparison', ...KEY_COLUMNS.toReversed()])];

/** Sorted rows with the same key are neighbours, so the key is the same while none of its columns changes. */
class NeighbouringKeys implements RepeatedKeys {
  readonly unchecked = 0;
  readonly #columns: readonly number[];
  #previous: ColumnBatch | undefined;
  /** Whether a row of the current key is in the file. */
  #isTaken = false;

  constructor(columns: readonly Column[]) {
    this.#columns = keyColumns(columns, COMPARED_COLUMNS);
  }

  leaveOut(batch: ColumnBatch, leftOut: Uint8Array): number {
    const isNew = this.#newKeys(batch);
    let repeated = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      if (isNew[row] !== 0) this.#isTaken = false;
      if (leftOut[row] !== 0) continue;
      if (this.#isTaken) {
        leftOut[row] = 1;
        repeated += 1;
      }
      this.#isTaken = true;
    }
    return repeated;
  }

  /** Not 0 for rows whose key differs from the previous row's. */
  #newKeys(batch: ColumnBatch): Uint8Array {
    const isNew = new Uint8Array(batch.rowCount);
    const previous = this.#previous;
    for (const column of this.#columns) {
      const vector = batch.columns[column]!;
      if (previous !== undefined && batch.rowCount > 0) {
        const last = previous.columns[column]!;
        if (!isWrittenAlike(vector, 0, last, previous.rowCount - 1)) isNew[0] = 1;
      }
      markChanges(vector, isNew);
    }
    if (batch.rowCount > 0) this.#previous = batch;
    return isNew;
  }
}

/** Rows of a window in any order: keeps the 96-bit hashes of its keys until the next window. */
class KeptKeys implements RepeatedKeys {
  readonly #columns: readonly number[];
  readonly #windowColumn: number;
  readonly #windowLimit: number;
  readonly #keys = new KeySet();
  #window: { readonly vector: ColumnVector; readonly row: number } | undefined;
  #unchecked = 0;

  constructor(columns: readonly Column[], windowLimit: number) {
    this.#columns = keyColumns(columns);
    this.#windowColumn = columns.findIndex((column) => column.name === 'window_index');
    this.#windowLimit = windowLimit;
  }

  get unchecked(): number {
    return this.#unchecked;
  }

  leaveOut(batch: ColumnBatch, leftOut: Uint8Array): number {
    let repeated = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      if (leftOut[row] !== 0 || !this.#isRepeated(batch, row)) continue;
      leftOut[row] = 1;
      repeated += 1;
    }
    return repeated;
  }

  #isRepeated(batch: ColumnBatch, row: number): boolean {
    this.#enterWindow(batch.columns[this.#windowColumn], row);
    this.#keys.begin();
    for (const column of this.#columns) addValue(this.#keys, batch.columns[column]!, row);
    if (this.#keys.size < this.#windowLimit) return !this.#keys.add();
    if (this.#keys.has()) return true;
    this.#unchecked += 1;
    return false;
  }

  #enterWindow(vector: ColumnVector | undefined, row: number): void {
    if (vector === undefined) return;
    const window = this.#window;
    if (window !== undefined && isWrittenAlike(vector, row, window.vector, window.row)) return;
    this.#window = { vector, row };
    this.#keys.clear();
  }
}

function keyColumns(columns: readonly Column[], names: readonly string[] = KEY_COLUMNS): number[] {
  return names.map((name) => columns.findIndex((column) => column.name === name)).filter((index) => index >= 0);
}

/** Adds a value as it will be written, so that equal written values have one hash. */
function addValue(keys: KeySet, vector: ColumnVector, row: number): void {
  if (!isWritten(vector, row)) return keys.mixNull();
  switch (vector.layout) {
    case 'binary':
      return keys.mixBytes(vector.bytes, vector.offsets[row]!, vector.offsets[row + 1]!);
    case 'double':
      return keys.mixDouble(vector.values, row);
    case 'integer':
      return keys.mixWords(vector.words, row * vector.wordsPerValue, (row + 1) * vector.wordsPerValue);
    case 'bit':
      return keys.mixWord((vector.bits[row >> 3]! >> (row & 7)) & 1);
    case 'list':
    case 'struct':
      // No key has such columns; if one had, each value would be unique.
      return keys.mixWord(row);
  }
}
