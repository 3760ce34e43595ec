/**
 * DuckDB's data chunks as column batches. Reads the raw bytes of vectors, because asking the binding for every value takes
 * longer than encoding it. Copies everything, because a chunk's memory ends with the chunk.
 */
import { type DuckDBDataChunk, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { type ColumnBatch, type ColumnVector, isValid, type Validity } from '../../domain/column-batch.ts';
import { readBinary } from './read-binary.ts';
import type { Selection } from './selection.ts';

/** The rows of a chunk; all column types must be known to `toColumn`. */
export function readChunk(chunk: DuckDBDataChunk, types: readonly DuckDBType[]): ColumnBatch {
  const rowCount = chunk.rowCount;
  const all: Selection = { count: rowCount, end: rowCount, indices: undefined };
  const columns = types.map((type, index) => readVector(duckdb.data_chunk_get_vector(chunk.chunk, index), type, all));
  return { rowCount, columns };
}

function readVector(vector: Vector, type: DuckDBType, selection: Selection): ColumnVector {
  const validity = readValidity(vector, selection);
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.BLOB:
      return readBinary(vector, selection, validity);
    case DuckDBTypeId.DOUBLE:
      return { layout: 'double', values: new Float64Array(gather(vector, selection, 8).buffer), validity };
    case DuckDBTypeId.BOOLEAN:
      return { layout: 'bit', bits: toBits(gather(vector, selection, 1)), validity };
    case DuckDBTypeId.DATE:
      return { layout: 'integer', wordsPerValue: 1, words: readIntegers(vector, selection, 4, 1), validity };
    case DuckDBTypeId.DECIMAL:
      return { layout: 'integer', wordsPerValue: 4, words: readDecimals(vector, selection, type.width), validity };
    case DuckDBTypeId.TINYINT:
      return { layout: 'integer', wordsPerValue: 2, words: readIntegers(vector, selection, 1, 2), validity };
    case DuckDBTypeId.SMALLINT:
      return { layout: 'integer', wordsPerValue: 2, words: readIntegers(vector, selection, 2, 2), validity };
    case DuckDBTypeId.INTEGER:
      return { layout: 'integer', wordsPerValue: 2, words: readIntegers(vector, selection, 4, 2), validity };
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return { layout: 'integer', wordsPerValue: 2, words: readIntegers(vector, selection, 8, 2), validity };
    case DuckDBTypeId.LIST:
      return readList(vector, type.valueType, selection, validity);
    case DuckDBTypeId.ARRAY:
      return readFixedArray(vector, type, selection, validity);
    case DuckDBTypeId.STRUCT:
      return {
        layout: 'struct',
        fields: type.entryTypes.map((fieldType, index) =>
          readVector(duckdb.struct_vector_get_child(vector, index), fieldType, selection),
        ),
        validity,
      };
    default:
      throw new TypeError(`no reader for the DuckDB type ${String(type)}`);
  }
}

function readValidity(vector: Vector, { count, end, indices }: Selection): Validity {
  // Despite the binding's types, a vector without NULLs has no mask.
  const mask: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(end / 64) * 8);
  if (mask === null) return undefined;
  if (indices === undefined) return mask.slice(0, Math.ceil(count / 8));
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (let k = 0; k < count; k++) {
    const index = indices[k]!;
    if ((mask[index >> 3]! & (1 << (index & 7))) !== 0) bits[k >> 3]! |= 1 << (k & 7);
  }
  return bits;
}

/** The selected values of `size` bytes each, copied. */
function gather(vector: Vector, { count, end, indices }: Selection, size: number): Uint8Array<ArrayBuffer> {
  const data = duckdb.vector_get_data(vector, end * size);
  const bytes = new Uint8Array(count * size);
  if (indices === undefined) {
    bytes.set(data);
    return bytes;
  }
  for (let k = 0; k < count; k++) {
    const start = indices[k]! * size;
    bytes.set(data.subarray(start, start + size), k * size);
  }
  return bytes;
}

function toBits(booleans: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(booleans.length / 8));
  for (let k = 0; k < booleans.length; k++) if (booleans[k] !== 0) bits[k >> 3]! |= 1 << (k & 7);
  return bits;
}

/** Signed integers of `size` bytes, sign-extended to `words` 32-bit words each. */
function readIntegers(vector: Vector, selection: Selection, size: 1 | 2 | 4 | 8 | 16, words: 1 | 2 | 4): Int32Array {
  const bytes = gather(vector, selection, size);
  if (size === words * 4) return new Int32Array(bytes.buffer);
  const narrow = size === 1 ? new Int8Array(bytes.buffer) : size === 2 ? new Int16Array(bytes.buffer) : undefined;
  const values = narrow ?? new Int32Array(bytes.buffer);
  const wordsBefore = Math.max(1, size / 4);
  const wide = new Int32Array(selection.count * words);
  for (let k = 0; k < selection.count; k++) {
    for (let word = 0; word < wordsBefore; word++) wide[k * words + word] = values[k * wordsBefore + word]!;
    const sign = values[(k + 1) * wordsBefore - 1]! < 0 ? -1 : 0;
    for (let word = wordsBefore; word < words; word++) wide[k * words + word] = sign;
  }
  return wide;
}

/** @see https://duckdb.org/docs/stable/sql/data_types/numeric for the widths of decimals */
function readDecimals(vector: Vector, selection: Selection, width: number): Int32Array {
  const size = width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16;
  return readIntegers(vector, selection, size, 4);
}

function readList(vector: Vector, elementType: DuckDBType, selection: Selection, validity: Validity): ColumnVector {
  const entries = new Float64Array(selection.count * 2);
  const raw = gather(vector, selection, 16);
  const view = new DataView(raw.buffer);
  for (let k = 0; k < entries.length; k++) entries[k] = Number(view.getBigUint64(k * 8, true));
  const offsets = new Int32Array(selection.count + 1);
  for (let k = 0; k < selection.count; k++) {
    offsets[k + 1] = offsets[k]! + (isValid(validity, k) ? entries[2 * k + 1]! : 0);
  }
  const indices = new Int32Array(offsets[selection.count]!);
  for (let k = 0; k < selection.count; k++) {
    for (let at = offsets[k]!, from = entries[2 * k]!; at < offsets[k + 1]!; at++) indices[at] = from++;
  }
  const elements: Selection = { count: indices.length, end: duckdb.list_vector_get_size(vector), indices };
  return {
    layout: 'list',
    offsets,
    elements: readVector(duckdb.list_vector_get_child(vector), elementType, elements),
    validity,
  };
}

function readFixedArray(
  vector: Vector,
  type: DuckDBType & { readonly typeId: DuckDBTypeId.ARRAY },
  selection: Selection,
  validity: Validity,
): ColumnVector {
  const length = type.length;
  const offsets = Int32Array.from({ length: selection.count + 1 }, (_, k) => k * length);
  const indices = new Int32Array(selection.count * length);
  for (let k = 0; k < indices.length; k++) {
    const row = Math.floor(k / length);
    indices[k] = (selection.indices?.[row] ?? row) * length + (k % length);
  }
  const elements: Selection = { count: indices.length, end: selection.end * length, indices };
  return {
    layout: 'list',
    offsets,
    elements: readVector(duckdb.array_vector_get_child(vector), type.valueType, elements),
    validity,
  };
}
