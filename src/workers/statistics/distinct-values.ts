/**
 * The distinct values of a column while its rows stream by: each gets a number, so that a row that repeats a value costs
 * a look into a table of hashes and makes no string. Made for columns of few values: windows, segments, branches.
 */
import type { ColumnBatch, ColumnVector } from '../../domain/column-batch.ts';
import { isValid } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { isConstant, isWritten } from './written-value.ts';

/** The number of a value that is not there. */
export const NULL_ID = -1;
/** Numbers are below it: three of them still make a safe integer. */
export const MOST_VALUES = 2 ** 17;

const SMALLEST_TABLE = 64;
const FREE = -1;
const NO_BYTES = new Uint8Array(0);

export class DistinctValues {
  readonly #name: string;
  readonly #index: number;
  /** Each value's bytes, as they came. */
  readonly #values: Uint8Array[] = [];
  readonly #texts: string[] = [];
  /** Numbers of values by hash, at most half full. */
  #table = new Int32Array(SMALLEST_TABLE).fill(FREE);
  #ids = new Int32Array(0);
  #offsets = new Int32Array(0);

  /** The column may be nowhere: its values are then not there. */
  constructor(columns: readonly Column[], name: string) {
    this.#name = name;
    this.#index = columns.findIndex((column) => column.name === name);
  }

  /**
   * The number of the value of every row, `NULL_ID` where there is none; to be used up before the next batch. Throws
   * RangeError for a column of too many values.
   */
  idsOf(batch: ColumnBatch): Int32Array {
    if (this.#ids.length < batch.rowCount) this.#ids = new Int32Array(batch.rowCount);
    const vector = batch.columns[this.#index];
    if (vector === undefined) return this.#ids.fill(NULL_ID);
    if (vector.layout === 'binary' && isConstant(vector, batch.rowCount)) {
      return this.#ids.fill(this.#idOf(vector.bytes, vector.offsets[0]!, vector.offsets[1]!, vector.layout));
    }
    if (vector.layout === 'binary') return this.#identify(vector, vector.bytes, vector.offsets, batch.rowCount);
    if (vector.layout === 'integer') {
      const { words, wordsPerValue } = vector;
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      return this.#identify(vector, bytes, this.#evenOffsets(batch.rowCount, 4 * wordsPerValue), batch.rowCount);
    }
    return this.#identifyOthers(vector, batch.rowCount);
  }

  /** The text of a value. */
  text(id: number): string {
    return this.#texts[id] ?? '';
  }

  /** `segment all`, `segment null`; nothing without the column. */
  describe(id: number): string[] {
    if (this.#index < 0) return [];
    return [`${this.#name} ${id === NULL_ID ? 'null' : this.text(id)}`];
  }

  #identify(vector: ColumnVector, bytes: Uint8Array, offsets: Int32Array, rowCount: number): Int32Array {
    const ids = this.#ids;
    const { validity } = vector;
    let last = NULL_ID;
    for (let row = 0; row < rowCount; row++) {
      if (!isValid(validity, row)) {
        ids[row] = NULL_ID;
        continue;
      }
      const start = offsets[row]!;
      const end = offsets[row + 1]!;
      // Sorted rows repeat a value.
      if (last === NULL_ID || !isSame(this.#values[last]!, bytes, start, end)) {
        last = this.#idOf(bytes, start, end, vector.layout);
      }
      ids[row] = last;
    }
    return ids;
  }

  /** Where values begin that are all of one length; kept, as batches have about the same number of rows. */
  #evenOffsets(rowCount: number, valueBytes: number): Int32Array {
    if (this.#offsets.length <= rowCount) {
      this.#offsets = new Int32Array(rowCount + 1);
      for (let row = 0; row <= rowCount; row++) this.#offsets[row] = row * valueBytes;
    }
    return this.#offsets;
  }

  /** Kinds that no key has: all are one value. */
  #identifyOthers(vector: ColumnVector, rowCount: number): Int32Array {
    for (let row = 0; row < rowCount; row++) {
      this.#ids[row] = isWritten(vector, row) ? this.#idOf(NO_BYTES, 0, 0, vector.layout) : NULL_ID;
    }
    return this.#ids;
  }

  #idOf(bytes: Uint8Array, start: number, end: number, layout: ColumnVector['layout']): number {
    const slot = this.#slotOf(bytes, start, end);
    const known = this.#table[slot]!;
    if (known !== FREE) return known;
    const id = this.#values.length;
    if (id >= MOST_VALUES - 1) throw new RangeError(`The column ${this.#name} has more than ${id} values.`);
    const value = bytes.slice(start, end);
    this.#values.push(value);
    this.#texts.push(textOf(value, layout));
    this.#table[slot] = id;
    if (2 * this.#values.length > this.#table.length) this.#growTable();
    return id;
  }

  /** The place of a value in the table, or the free one where it belongs. */
  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let hash = end - start;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = table[slot]!;
      if (id === FREE || isSame(this.#values[id]!, bytes, start, end)) return slot;
    }
  }

  #growTable(): void {
    this.#table = new Int32Array(2 * this.#table.length).fill(FREE);
    for (const [id, value] of this.#values.entries()) this.#table[this.#slotOf(value, 0, value.length)] = id;
  }
}

function isSame(value: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = value;
  if (end - start !== length) return false;
  // Sorted values share their beginnings and differ at their ends.
  for (let at = length - 1; at >= 0; at--) if (value[at] !== bytes[start + at]) return false;
  return true;
}

/** A value as text: texts as they are, integers (windows are small and positive) by their words. */
function textOf(value: Uint8Array, layout: ColumnVector['layout']): string {
  if (layout !== 'integer') return Buffer.from(value).toString('utf8');
  return String(value.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n));
}
