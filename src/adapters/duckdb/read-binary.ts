/**
 * Text and bytes from DuckDB's vectors. A value has 16 bytes there: its length, then either the value (up to 12 bytes) or 4
 * bytes of it and a pointer. Following a pointer is a call into native code, so values that are adjacent in memory, as
 * after a sort, are fetched together.
 *
 * @see https://duckdb.org/docs/stable/internals/vector#string-vectors
 */
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { type BinaryVector, isValid, type Validity } from '../../domain/column-batch.ts';
import type { Selection } from './selection.ts';

const SLOT_BYTES = 16;
const LONGEST_INLINE = 12;

/** The selected values of a VARCHAR or BLOB vector; NULLs are empty. */
export function readBinary(vector: Vector, selection: Selection, validity: Validity): BinaryVector {
  const slots = new Slots(duckdb.vector_get_data(vector, selection.end * SLOT_BYTES), selection, validity);
  const offsets = new Int32Array(selection.count + 1);
  for (let k = 0; k < selection.count; k++) offsets[k + 1] = offsets[k]! + slots.lengthOf(k);
  const bytes = new Uint8Array(offsets[selection.count]!);
  for (let k = 0; k < selection.count; k++) slots.copy(k, bytes, offsets[k]!);
  return { layout: 'binary', offsets, bytes, validity };
}

class Slots {
  readonly #data: Uint8Array;
  readonly #words: Uint32Array;
  readonly #selection: Selection;
  readonly #validity: Validity;
  /** The last fetched run, and its addresses. */
  #run: Uint8Array = new Uint8Array(0);
  #runStart = 0;
  #runEnd = 0;

  constructor(data: Uint8Array, selection: Selection, validity: Validity) {
    this.#data = data;
    this.#words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
    this.#selection = selection;
    this.#validity = validity;
  }

  lengthOf(k: number): number {
    return isValid(this.#validity, k) ? this.#words[this.#slot(k) * 4]! : 0;
  }

  copy(k: number, target: Uint8Array, at: number): void {
    const length = this.lengthOf(k);
    if (length === 0) return;
    if (length <= LONGEST_INLINE) {
      const from = this.#slot(k) * SLOT_BYTES + 4;
      for (let i = 0; i < length; i++) target[at + i] = this.#data[from + i]!;
      return;
    }
    const address = this.#addressOf(k);
    if (address < this.#runStart || address + length > this.#runEnd) this.#fetchRun(k);
    const from = address - this.#runStart;
    if (length > 64) target.set(this.#run.subarray(from, from + length), at);
    else for (let i = 0; i < length; i++) target[at + i] = this.#run[from + i]!;
  }

  #slot(k: number): number {
    const indices = this.#selection.indices;
    return indices === undefined ? k : indices[k]!;
  }

  /** Addresses have 48 bits, so a double is exact. */
  #addressOf(k: number): number {
    const word = this.#slot(k) * 4;
    return this.#words[word + 2]! + this.#words[word + 3]! * 0x1_0000_0000;
  }

  /** Fetches value k and the following ones, while each begins where the previous one ended, or repeats it. */
  #fetchRun(k: number): void {
    const start = this.#addressOf(k);
    let end = start + this.lengthOf(k);
    for (let next = k + 1; next < this.#selection.count; next++) {
      const length = this.lengthOf(next);
      if (length <= LONGEST_INLINE) continue;
      const address = this.#addressOf(next);
      if (address === end) end += length;
      else if (address < start || address + length > end) break;
    }
    const pointer = this.#data.byteOffset + this.#slot(k) * SLOT_BYTES + 8;
    const buffer = this.#data.buffer;
    if (!(buffer instanceof ArrayBuffer)) throw new TypeError('DuckDB vectors do not lie in shared memory');
    this.#run = duckdb.get_data_from_pointer(buffer, pointer, end - start);
    this.#runStart = start;
    this.#runEnd = end;
  }
}
