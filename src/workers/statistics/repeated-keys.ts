/** Which rows repeat the key of an earlier one (spec: statistics, section 4): two ways, by the order rows come in. */
import type { ColumnBatch, ColumnVector } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { KEY_COLUMNS } from '../../domain/row-order.ts';
import type { RowOrder } from '../../ports/statistics-source.ts';
import { KeySet } from './key-set.ts';
import { isWritten, isWrittenAlike } from './written-value.ts';

export interface RepeatedKeys {
  /** Whether a row that was asked about before has this row's key. Rows are asked about once, in order. */
  isRepeated(batch: ColumnBatch, row: number): boolean;
  /** Rows about which it could not tell, because their window is too large. */
  readonly unchecked: number;
}

export interface RepeatedKeysOptions {
  readonly columns: readonly Column[];
  readonly order: RowOrder;
  /** Rows of one window of which keys are kept, where rows are not sorted by key. */
  readonly windowLimit: number;
}

export function repeatedKeys({ columns, order, windowLimit }: RepeatedKeysOptions): RepeatedKeys {
  return order === 'key' ? new NeighbouringKeys(columns) : new KeptKeys(columns, windowLimit);
}

/** Sorted rows of one key stand side by side, so the last row is all there is to know. */
class NeighbouringKeys implements RepeatedKeys {
  readonly unchecked = 0;
  readonly #columns: readonly number[];
  #previousBatch: ColumnBatch | undefined;
  #previousRow = 0;

  constructor(columns: readonly Column[]) {
    // Keys differ most often in their last columns, so those are compared first.
    this.#columns = keyColumns(columns).reverse();
  }

  isRepeated(batch: ColumnBatch, row: number): boolean {
    const previous = this.#previousBatch;
    if (previous !== undefined && this.#isAlike(batch, row, previous)) return true;
    this.#previousBatch = batch;
    this.#previousRow = row;
    return false;
  }

  #isAlike(batch: ColumnBatch, row: number, previous: ColumnBatch): boolean {
    for (const column of this.#columns) {
      if (!isWrittenAlike(batch.columns[column]!, row, previous.columns[column]!, this.#previousRow)) return false;
    }
    return true;
  }
}

/** Rows of one window come in any order: the hashes of its keys are kept, 96 bits each, until the next window. */
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

  isRepeated(batch: ColumnBatch, row: number): boolean {
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

function keyColumns(columns: readonly Column[]): number[] {
  return KEY_COLUMNS.map((name) => columns.findIndex((column) => column.name === name)).filter((index) => index >= 0);
}

/** Adds a value as it will be written, so that what is written alike has one hash. */
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
      // No key holds them; were one to, each value would be its own.
      return keys.mixWord(row);
  }
}
