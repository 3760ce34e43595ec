/**
 * The distinct values of a streamed column. Each value gets a number, so that a repeated value costs a look into a hash
 * table and makes no string. For columns with few values: windows, segments, branches, metrics.
 */
import type { BinaryVector, ColumnBatch, ColumnVector, IntegerVector } from '../../../domain/column-batch.ts';
import { isValid } from '../../../domain/column-batch.ts';
import type { Column, ColumnType } from '../../../domain/column-type.ts';
import { isConstant } from '../written-value.ts';
import { writtenAt, type Written } from './written-json.ts';

/** The number of a value that is null in the file, or of a missing column. */
export const NULL_ID = -1;

const SMALLEST_TABLE = 64;
const FREE = -1;

export class DistinctValues {
  readonly #index: number;
  readonly #type: ColumnType | undefined;
  /** Each value's bytes; none for columns that are neither text nor integers. */
  readonly #bytes: Uint8Array[] = [];
  readonly #values: Written[] = [];
  /** Numbers of values by hash, at most half full. */
  #table = new Int32Array(SMALLEST_TABLE).fill(FREE);
  /** Numbers of values by their JSON, for types that are not compared by bytes. */
  readonly #byJson = new Map<string, number>();
  #ids = new Int32Array(0);
  #offsets = new Int32Array(0);

  /** If the column is missing, its values are null. */
  constructor(columns: readonly Column[], name: string) {
    this.#index = columns.findIndex((column) => column.name === name);
    this.#type = columns[this.#index]?.type;
  }

  get isMissing(): boolean {
    return this.#type === undefined;
  }

  /** How many values there are; their numbers are lower. */
  get count(): number {
    return this.#values.length;
  }

  /** The value as in the file. */
  value(id: number): Written {
    return this.#values[id] ?? null;
  }

  /** The number of every row's value; valid until the next batch. */
  idsOf(batch: ColumnBatch): Int32Array {
    if (this.#ids.length < batch.rowCount) this.#ids = new Int32Array(batch.rowCount);
    const vector = batch.columns[this.#index];
    if (vector === undefined || this.#type === undefined) return this.#ids.fill(NULL_ID);
    if (vector.layout === 'binary' && this.#type.kind !== 'json') {
      if (isConstant(vector, batch.rowCount)) {
        const { bytes, offsets } = vector;
        const [start, end] = [offsets[0]!, offsets[1]!];
        const id = this.#knownId(bytes, start, end) ?? this.#newId({ vector, row: 0 }, bytes.slice(start, end));
        return this.#ids.fill(id);
      }
      return this.#identify(vector, vector.bytes, vector.offsets, batch.rowCount);
    }
    if (vector.layout === 'integer') {
      const { words, wordsPerValue } = vector;
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      return this.#identify(vector, bytes, this.#evenOffsets(batch.rowCount, 4 * wordsPerValue), batch.rowCount);
    }
    return this.#identifyOthers(vector, batch.rowCount);
  }

  #identify(
    vector: BinaryVector | IntegerVector,
    bytes: Uint8Array,
    offsets: Int32Array,
    rowCount: number,
  ): Int32Array {
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
      // Sorted rows repeat values.
      if (last === NULL_ID || !isSame(this.#bytes[last]!, bytes, start, end)) {
        last = this.#knownId(bytes, start, end) ?? this.#newId({ vector, row }, bytes.slice(start, end));
      }
      ids[row] = last;
    }
    return ids;
  }

  /** Offsets of values that all have one length; kept, because batches have about the same size. */
  #evenOffsets(rowCount: number, valueBytes: number): Int32Array {
    if (this.#offsets.length <= rowCount) {
      this.#offsets = new Int32Array(rowCount + 1);
      for (let row = 0; row <= rowCount; row++) this.#offsets[row] = row * valueBytes;
    }
    return this.#offsets;
  }

  /** Types that the analysis never gives these columns: compared by their JSON. */
  #identifyOthers(vector: ColumnVector, rowCount: number): Int32Array {
    for (let row = 0; row < rowCount; row++) {
      const value = writtenAt(this.#type!, vector, row);
      this.#ids[row] = value === null ? NULL_ID : this.#idOfJson(value);
    }
    return this.#ids;
  }

  #idOfJson(value: Written): number {
    const json = JSON.stringify(value);
    const known = this.#byJson.get(json);
    if (known !== undefined) return known;
    this.#byJson.set(json, this.#values.length);
    this.#values.push(value);
    return this.#values.length - 1;
  }

  #knownId(bytes: Uint8Array, start: number, end: number): number | undefined {
    const id = this.#table[this.#slotOf(bytes, start, end)]!;
    return id === FREE ? undefined : id;
  }

  #newId({ vector, row }: { readonly vector: ColumnVector; readonly row: number }, value: Uint8Array): number {
    const id = this.#values.length;
    this.#table[this.#slotOf(value, 0, value.length)] = id;
    this.#bytes.push(value);
    this.#values.push(writtenAt(this.#type!, vector, row));
    if (2 * this.#values.length > this.#table.length) this.#growTable();
    return id;
  }

  /** The slot of a value in the table, or the free slot for it. */
  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let hash = end - start;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = table[slot]!;
      if (id === FREE || isSame(this.#bytes[id]!, bytes, start, end)) return slot;
    }
  }

  #growTable(): void {
    this.#table = new Int32Array(2 * this.#table.length).fill(FREE);
    for (const [id, value] of this.#bytes.entries()) this.#table[this.#slotOf(value, 0, value.length)] = id;
  }
}

function isSame(value: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = value;
  if (end - start !== length) return false;
  // Sorted values share their beginnings and differ at their ends.
  for (let at = length - 1; at >= 0; at--) if (value[at] !== bytes[start + at]) return false;
  return true;
}
