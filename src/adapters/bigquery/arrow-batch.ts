/** Record batches as column batches: views of the message's own memory, no value is looked at. */
import type { ColumnBatch, ColumnVector, Validity } from '../../domain/column-batch.ts';
import type { Column, ColumnType } from '../../domain/column-type.ts';
import { type ArrowBatch, broken } from './arrow-messages.ts';

/** The rows of a record batch whose schema `arrowColumns` has taken for these columns. Throws STREAM_BROKEN where they do not fit. */
export function toColumnBatch(columns: readonly Column[], batch: ArrowBatch): ColumnBatch {
  const reader = new VectorReader(batch);
  const vectors = columns.map((column) => reader.next(column.type));
  reader.finish();
  return { rowCount: batch.rowCount, columns: vectors };
}

/** Takes nodes and buffers in the order of the schema, parents before children. */
class VectorReader {
  readonly #batch: ArrowBatch;
  #node = 0;
  #place = 0;

  constructor(batch: ArrowBatch) {
    this.#batch = batch;
  }

  next(type: ColumnType): ColumnVector {
    const length = this.#batch.nodes[this.#node];
    const nullCount = this.#batch.nodes[this.#node + 1];
    if (length === undefined || nullCount === undefined) throw broken('a record batch has too few columns');
    this.#node += 2;
    const validity = this.#validity(length, nullCount);
    switch (type.kind) {
      case 'string':
      case 'json':
      case 'bytes': {
        const offsets = this.#offsets(length);
        const bytes = this.#buffer();
        if (bytes.length < (offsets[length] ?? 0)) throw broken('a column of texts is cut off');
        return { layout: 'binary', offsets, bytes, validity };
      }
      case 'float64':
        return { layout: 'double', values: doublesOf(this.#buffer(8 * length), length), validity };
      case 'bool':
        return { layout: 'bit', bits: this.#buffer(Math.ceil(length / 8)), validity };
      case 'array': {
        const offsets = this.#offsets(length);
        return { layout: 'list', offsets, elements: this.next(type.element), validity };
      }
      case 'struct':
        return { layout: 'struct', fields: type.fields.map((field) => this.next(field.type)), validity };
      default: {
        const wordsPerValue = type.kind === 'numeric' ? type.words : type.kind === 'date' ? 1 : 2;
        const count = length * wordsPerValue;
        return { layout: 'integer', wordsPerValue, words: wordsOf(this.#buffer(4 * count), count), validity };
      }
    }
  }

  finish(): void {
    const { nodes, places } = this.#batch;
    if (this.#node !== nodes.length || this.#place !== places.length) throw broken('a record batch has other columns');
  }

  #validity(length: number, nullCount: number): Validity {
    const bits = this.#buffer();
    if (nullCount === 0) return undefined;
    if (bits.length < Math.ceil(length / 8)) throw broken('a column has NULLs that are not marked');
    return bits;
  }

  /** A column without rows may come without offsets. */
  #offsets(length: number): Int32Array {
    return length === 0 ? this.#noOffsets() : wordsOf(this.#buffer(4 * (length + 1)), length + 1);
  }

  #noOffsets(): Int32Array {
    this.#buffer();
    return new Int32Array(1);
  }

  #buffer(atLeast = 0): Uint8Array {
    const offset = this.#batch.places[this.#place];
    const length = this.#batch.places[this.#place + 1];
    if (offset === undefined || length === undefined) throw broken('a record batch has too few buffers');
    this.#place += 2;
    if (length < atLeast || offset + length > this.#batch.body.length) throw broken('a column is cut off');
    return this.#batch.body.subarray(offset, offset + length);
  }
}

function wordsOf(bytes: Uint8Array, count: number): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  return new Int32Array(bytes.slice(0, 4 * count).buffer);
}

function doublesOf(bytes: Uint8Array, count: number): Float64Array {
  if (bytes.byteOffset % 8 === 0) return new Float64Array(bytes.buffer, bytes.byteOffset, count);
  return new Float64Array(bytes.slice(0, 8 * count).buffer);
}
