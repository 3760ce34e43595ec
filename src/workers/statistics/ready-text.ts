/**
 * Columns as ready JSON text, so that the encoder only has to copy. Plain text columns are ready as they come; all others are
 * written out once per batch, one value after another.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { isValid, type BinaryVector, type ColumnVector, type IntegerVector } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { JsonBytes, needsEscape } from './json-bytes.ts';
import { layoutMismatch, unwritable, UnwritableValue, type ValueStyle, ValueWriter } from './value-writer.ts';

/**
 * Row i is `bytes[starts[i], ends[i])`; undefined for NULLs and rows left out. A STRING has no quotes. `bytes[0, validEnd)`
 * around the values is valid UTF-8. Valid until the next batch.
 */
export interface ReadyText {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly bytes: Uint8Array;
  readonly validEnd: number;
  /** The total length of all values, or more. */
  readonly totalBytes: number;
  /** NaN and infinities that became null. */
  readonly nonFinite: number;
}

/** Padding after the text, so that the last value can be copied in words too. */
const PADDING_BYTES = 16;

/** Turns one column into ready text, batch after batch; keeps its memory between batches. */
export class ReadyTextColumn {
  readonly #column: Column;
  readonly #style: ValueStyle;
  readonly #written = new JsonBytes();
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);

  constructor(column: Column, style: ValueStyle = {}) {
    this.#column = column;
    this.#style = style;
  }

  /** The text of the rows not left out. Throws VALUE_INVALID for a value that the file format cannot hold. */
  read(vector: ColumnVector, rowCount: number, skip: Uint8Array | undefined): ReadyText {
    if (this.#column.type.kind === 'string') {
      if (vector.layout !== 'binary') throw layoutMismatch(this.#column.type, vector);
      if (isPlainText(vector, rowCount)) return textAsItCame(vector, rowCount);
    }
    return this.#writeOut(vector, rowCount, skip);
  }

  #writeOut(vector: ColumnVector, rowCount: number, skip: Uint8Array | undefined): ReadyText {
    if (this.#starts.length < rowCount) {
      this.#starts = new Int32Array(rowCount);
      this.#ends = new Int32Array(rowCount);
    }
    const starts = this.#starts;
    const ends = this.#ends;
    const written = this.#written;
    written.clear();
    const writer = new ValueWriter(written, this.#style);
    const repeats = vector.layout === 'integer' ? new RepeatedIntegers(vector) : undefined;
    let totalBytes = 0;
    for (let row = 0; row < rowCount; row++) {
      if (skip?.[row] || !isValid(vector.validity, row)) continue;
      const sameRow = repeats?.findAndRecord(row) ?? -1;
      if (sameRow >= 0) {
        starts[row] = starts[sameRow]!;
        ends[row] = ends[sameRow]!;
      } else {
        starts[row] = written.length;
        this.#writeRow(writer, vector, row);
        ends[row] = written.length;
      }
      totalBytes += ends[row]! - starts[row]!;
    }
    written.padEnd(PADDING_BYTES);
    return {
      starts,
      ends,
      bytes: written.bytes,
      validEnd: written.length + PADDING_BYTES,
      totalBytes,
      nonFinite: writer.nonFinite,
    };
  }

  #writeRow(writer: ValueWriter, vector: ColumnVector, row: number): void {
    const { type } = this.#column;
    try {
      if (type.kind === 'string' && vector.layout === 'binary') writer.writeStringBody(vector, row);
      else writer.write(type, vector, row);
    } catch (error) {
      if (!(error instanceof UnwritableValue)) throw error;
      throw unwritable(this.#column, row, error);
    }
  }
}

/** Whether the bytes can be in the file unchanged: each value is valid UTF-8 and needs no escape. */
function isPlainText({ offsets, bytes }: BinaryVector, rowCount: number): boolean {
  const from = offsets[0]!;
  const to = offsets[rowCount]!;
  const values = bytes.subarray(from, to);
  if (!isAscii(values)) {
    if (!isUtf8(values)) return false;
    // Together the values may be valid although one ends, and the next begins, inside a character.
    for (let row = 1; row < rowCount; row++) if ((bytes[offsets[row]!]! & 0xc0) === 0x80) return false;
  }
  return !needsEscape(bytes, from, to);
}

function textAsItCame({ offsets, bytes }: BinaryVector, rowCount: number): ReadyText {
  const validEnd = offsets[rowCount]!;
  return {
    starts: offsets,
    ends: offsets.subarray(1),
    bytes,
    validEnd,
    totalBytes: validEnd - offsets[0]!,
    nonFinite: 0,
  };
}

const REPEAT_SLOTS = 256;

/**
 * Finds rows with an integer that was written before: the parameters of quantiles repeat with every metric, a window has one
 * index. Remembers one row per hash, so it may miss one, but never confuses two.
 */
class RepeatedIntegers {
  readonly #vector: IntegerVector;
  readonly #rows = new Int32Array(REPEAT_SLOTS).fill(-1);

  constructor(vector: IntegerVector) {
    this.#vector = vector;
  }

  /** An earlier row with the same integer; -1 if there is none, and then remembers this one. */
  findAndRecord(row: number): number {
    const { words, wordsPerValue } = this.#vector;
    const slot = Math.imul(words[row * wordsPerValue]!, 0x9e3779b1) >>> 24;
    const candidate = this.#rows[slot]!;
    if (candidate >= 0 && this.#isSame(candidate, row)) return candidate;
    this.#rows[slot] = row;
    return -1;
  }

  #isSame(left: number, right: number): boolean {
    const { words, wordsPerValue } = this.#vector;
    for (let word = 0; word < wordsPerValue; word++) {
      if (words[left * wordsPerValue + word] !== words[right * wordsPerValue + word]) return false;
    }
    return true;
  }
}
