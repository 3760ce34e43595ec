/**
 * Number columns as the console reads them from the file (spec: statistics, section 4, R1): numbers, BOOL, and texts of
 * numbers. Texts that read as NaN or infinite are written as null, like such numbers.
 */
import type { BinaryVector, ColumnBatch, ColumnVector } from '../../../domain/column-batch.ts';
import { isValid } from '../../../domain/column-batch.ts';
import type { Column, ColumnType } from '../../../domain/column-type.ts';
import { parseNumberText } from '../../../domain/number-text.ts';
import { textAt } from '../written-value.ts';
import { writtenAt, type Written } from './written-json.ts';

/** How a value reads: a finite number, null (also NaN and infinite ones), or not a number. */
type Read = number | 'null' | 'no number';

/** One number column, bound to one batch at a time. */
export class NumberValues {
  readonly name: string;
  readonly #index: number;
  readonly #type: ColumnType | undefined;
  #vector: ColumnVector | undefined;

  constructor(columns: readonly Column[], name: string) {
    this.name = name;
    this.#index = columns.findIndex((column) => column.name === name);
    this.#type = columns[this.#index]?.type;
  }

  bind(batch: ColumnBatch): void {
    this.#vector = batch.columns[this.#index];
  }

  /** Whether every value of such a column is a number or null. */
  get isAlwaysNumber(): boolean {
    const kind = this.#type?.kind;
    return kind === undefined || kind === 'float64' || kind === 'int64' || kind === 'numeric' || kind === 'bool';
  }

  /** Whether the row's value is neither a number nor null. */
  isNoNumber(row: number): boolean {
    return this.#read(row) === 'no number';
  }

  /** The row's number; NaN for null and for what is not a number. */
  at(row: number): number {
    const vector = this.#vector;
    if (vector?.layout === 'double') {
      const value = vector.values[row]!;
      return isValid(vector.validity, row) && Number.isFinite(value) ? value : Number.NaN;
    }
    const read = this.#read(row);
    return typeof read === 'number' ? read : Number.NaN;
  }

  /** The batch's column with texts that read as NaN or infinite replaced by null, and the rows concerned; undefined if there are none. */
  withoutEndlessTexts(
    rowCount: number,
  ): { readonly vector: BinaryVector; readonly rows: readonly number[] } | undefined {
    const vector = this.#vector;
    if (vector?.layout !== 'binary' || this.#type?.kind !== 'string') return undefined;
    const rows: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      if (isValid(vector.validity, row) && Number.isNaN(parseNumberText(textAt(vector, row)))) rows.push(row);
    }
    if (rows.length === 0) return undefined;
    const validity = new Uint8Array((rowCount + 7) >> 3);
    for (let row = 0; row < rowCount; row++) if (isValid(vector.validity, row)) validity[row >> 3]! |= 1 << (row & 7);
    for (const row of rows) validity[row >> 3]! &= ~(1 << (row & 7));
    return { vector: { ...vector, validity }, rows };
  }

  /** Index of the column in a batch; -1 if it is missing. */
  get index(): number {
    return this.#index;
  }

  #read(row: number): Read {
    const vector = this.#vector;
    if (vector === undefined || this.#type === undefined || !isValid(vector.validity, row)) return 'null';
    if (vector.layout === 'binary' && this.#type.kind === 'string') return readText(textAt(vector, row));
    return readWritten(writtenAt(this.#type, vector, row));
  }
}

function readText(text: string): Read {
  const value = parseNumberText(text);
  if (value === undefined) return 'no number';
  return Number.isNaN(value) ? 'null' : value;
}

function readWritten(value: Written): Read {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return value;
  // Only values of text columns can be replaced by null.
  const number = typeof value === 'string' ? readText(value) : 'no number';
  return number === 'null' ? 'no number' : number;
}
