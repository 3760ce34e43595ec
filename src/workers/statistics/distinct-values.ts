/**
 * The distinct values of a column while its rows stream by: each gets a number, so that a row that repeats a value costs
 * a comparison of bytes and makes no string. Made for columns of few values: windows, segments, branches.
 */
import type { ColumnBatch, ColumnVector } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { isWritten, isWrittenAlike, textAt } from './written-value.ts';

/** The number of a value that is not there. */
export const NULL_ID = -1;
/** Numbers are below it: three of them still make a safe integer. */
export const MOST_VALUES = 2 ** 17;

/** Values up to which all are compared one after another; of more, texts are looked up. */
const MOST_COMPARED = 32;

export class DistinctValues {
  readonly #name: string;
  readonly #index: number;
  /** Each value alone, as a vector of one row. */
  readonly #values: ColumnVector[] = [];
  readonly #texts: string[] = [];
  readonly #ids = new Map<string, number>();
  #last = 0;

  /** The column may be nowhere: its values are then not there. */
  constructor(columns: readonly Column[], name: string) {
    this.#name = name;
    this.#index = columns.findIndex((column) => column.name === name);
  }

  isThere(batch: ColumnBatch, row: number): boolean {
    const vector = batch.columns[this.#index];
    return vector !== undefined && isWritten(vector, row);
  }

  /** The number of a row's value. Throws RangeError for a column of too many values. */
  idOf(batch: ColumnBatch, row: number): number {
    const vector = batch.columns[this.#index];
    if (vector === undefined || !isWritten(vector, row)) return NULL_ID;
    const values = this.#values;
    // Sorted rows repeat a value, or take turns among a few.
    if (this.#last < values.length && isWrittenAlike(vector, row, values[this.#last]!, 0)) return this.#last;
    const compared = Math.min(values.length, MOST_COMPARED);
    for (let id = 0; id < compared; id++) {
      if (isWrittenAlike(vector, row, values[id]!, 0)) return (this.#last = id);
    }
    return (this.#last = this.#lookUp(vector, row));
  }

  /** The text of a value. */
  text(id: number): string {
    return this.#texts[id] ?? '';
  }

  /** `segment all`, `segment null`; nothing without the column. */
  describe(batch: ColumnBatch, row: number): string[] {
    if (this.#index < 0) return [];
    const id = this.idOf(batch, row);
    return [`${this.#name} ${id === NULL_ID ? 'null' : this.text(id)}`];
  }

  #lookUp(vector: ColumnVector, row: number): number {
    const text = textOf(vector, row);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#values.length;
    if (id >= MOST_VALUES - 1) throw new RangeError(`The column ${this.#name} has more than ${id} values.`);
    this.#ids.set(text, id);
    this.#texts.push(text);
    this.#values.push(aloneOf(vector, row));
    return id;
  }
}

/** A key's value as text: texts as they are, integers by their words (windows are small and positive). */
function textOf(vector: ColumnVector, row: number): string {
  if (vector.layout === 'binary') return textAt(vector, row);
  if (vector.layout !== 'integer') return '';
  const words = vector.words.subarray(row * vector.wordsPerValue, (row + 1) * vector.wordsPerValue);
  return String(words.reduceRight((value, word) => (value << 32n) | BigInt(word >>> 0), 0n));
}

/** A copy of one value: the batch that it came with can go. Kinds that no key has are all one value. */
function aloneOf(vector: ColumnVector, row: number): ColumnVector {
  const validity = undefined;
  if (vector.layout === 'binary') {
    const bytes = vector.bytes.slice(vector.offsets[row], vector.offsets[row + 1]);
    return { layout: 'binary', bytes, offsets: Int32Array.of(0, bytes.length), validity };
  }
  if (vector.layout === 'integer') {
    const { wordsPerValue } = vector;
    const words = vector.words.slice(row * wordsPerValue, (row + 1) * wordsPerValue);
    return { layout: 'integer', wordsPerValue, words, validity };
  }
  return { layout: 'binary', bytes: new Uint8Array(0), offsets: Int32Array.of(0, 0), validity };
}
