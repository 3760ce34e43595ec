/**
 * Arrow record batches as column batches: views of the message's memory. Checks lengths and offsets, so that readers of
 * the vectors need not; does not look at values. Libraries do not check them (docs/adr/0015-own-code-and-libraries.md).
 */
import type { ColumnBatch, ColumnVector, Validity } from '../../domain/column-batch.ts';
import type { Column, ColumnType } from '../../domain/column-type.ts';
import { type ArrowBatch, broken, isCount } from './arrow-messages.ts';

/** The rows of a record batch; `arrowColumns` must have accepted its schema. Throws STREAM_BROKEN if they do not fit. */
export function toColumnBatch(columns: readonly Column[], batch: ArrowBatch): ColumnBatch {
  const reader = new VectorReader(batch);
  const vectors = columns.map((column) => reader.next(column.type, batch.rowCount));
  reader.finish();
  return { rowCount: batch.rowCount, columns: vectors };
}

/** Takes nodes and buffers in the order of the schema, parents before children. */
class VectorReader {
  readonly #batch: ArrowBatch;
  #node = 0;
  #place = 0;
  /** The end of the previous buffer. No buffer begins before it, so that no byte belongs to two columns. */
  #end = 0;

  constructor(batch: ArrowBatch) {
    this.#batch = batch;
  }

  /** The next column. It must have `rows` rows; without `rows`, as many as it says. */
  next(type: ColumnType, rows?: number): ColumnVector {
    const { length, nullCount } = this.#takeNode(rows);
    const validity = this.#validity(length, nullCount);
    switch (type.kind) {
      case 'string':
      case 'json':
      case 'bytes': {
        const offsets = this.#offsets(length);
        const bytes = this.#buffer();
        checkOffsets(offsets, bytes.length);
        return { layout: 'binary', offsets, bytes, validity };
      }
      case 'float64':
        return { layout: 'double', values: doublesOf(this.#buffer(8 * length), length), validity };
      case 'bool':
        return { layout: 'bit', bits: this.#buffer(Math.ceil(length / 8)), validity };
      case 'array': {
        const offsets = this.#offsets(length);
        const elementCount = this.#batch.nodes[this.#node] ?? 0;
        const elements = this.next(type.element);
        checkOffsets(offsets, elementCount);
        return { layout: 'list', offsets, elements, validity };
      }
      case 'struct':
        return { layout: 'struct', fields: type.fields.map((field) => this.next(field.type, length)), validity };
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

  #takeNode(rows: number | undefined): { readonly length: number; readonly nullCount: number } {
    const { nodes, body } = this.#batch;
    const length = nodes[this.#node];
    const nullCount = nodes[this.#node + 1];
    if (length === undefined || nullCount === undefined) throw broken('a record batch has too few columns');
    this.#node += 2;
    if (!isCount(length) || length > 8 * body.length) throw broken('a column claims more rows than it has bytes for');
    if (rows !== undefined && length !== rows) throw broken(`a column has ${length} values for ${rows} rows`);
    if (!isCount(nullCount) || nullCount > length) throw broken('a column claims more NULLs than it has rows');
    return { length, nullCount };
  }

  #validity(length: number, nullCount: number): Validity {
    const bits = this.#buffer();
    if (nullCount === 0) return undefined;
    if (bits.length < Math.ceil(length / 8)) throw broken('a column has NULLs that are not marked');
    return bits;
  }

  /** A column without rows may have no offsets. */
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
    if (!isCount(offset) || !isCount(length) || offset + length > this.#batch.body.length || length < atLeast) {
      throw broken('a column is cut off');
    }
    if (length > 0 && offset < this.#end) throw broken('two columns share their bytes');
    if (length > 0) this.#end = offset + length;
    return this.#batch.body.subarray(offset, offset + length);
  }
}

/** Offsets must not fall, or rows would get bytes of their neighbours. */
function checkOffsets(offsets: Int32Array, limit: number): void {
  let before = offsets[0] ?? 0;
  let signs = before;
  for (let row = 1; row < offsets.length; row++) {
    const next = offsets[row]!;
    // Negative if an offset is negative or smaller than the previous one.
    signs |= next | (next - before);
    before = next;
  }
  if (signs < 0 || before > limit) throw broken('a column has invalid offsets');
}

function wordsOf(bytes: Uint8Array, count: number): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  return new Int32Array(bytes.slice(0, 4 * count).buffer);
}

function doublesOf(bytes: Uint8Array, count: number): Float64Array {
  if (bytes.byteOffset % 8 === 0) return new Float64Array(bytes.buffer, bytes.byteOffset, count);
  return new Float64Array(bytes.slice(0, 8 * count).buffer);
}
