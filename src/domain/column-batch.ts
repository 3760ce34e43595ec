/**
 * A batch of rows as columns in the memory layout of Apache Arrow, so readers can pass on what they received without an
 * object per row. The batch owns its buffers; nobody changes them after it was passed on.
 *
 * @see https://arrow.apache.org/docs/format/Columnar.html
 */

/** One bit per row, least significant first; 1: not NULL. Absent: no row is NULL. The slot of a NULL may hold anything. */
export type Validity = Uint8Array | undefined;

/** STRING and JSON (UTF-8, not checked), BYTES: row i is `bytes[offsets[i], offsets[i + 1])`. `offsets[0]` may exceed 0. */
export interface BinaryVector {
  readonly layout: 'binary';
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
  readonly validity: Validity;
}

/** FLOAT64, one double per row. */
export interface DoubleVector {
  readonly layout: 'double';
  readonly values: Float64Array;
  readonly validity: Validity;
}

/**
 * Little-endian two's complement integers of `wordsPerValue` 32-bit words: DATE 1 (days since 1970-01-01), INT64 2,
 * TIMESTAMP and DATETIME 2 (microseconds since 1970-01-01 00:00), TIME 2 (microseconds since midnight),
 * NUMERIC 4 and BIGNUMERIC 8 (units of 10^-scale).
 */
export interface IntegerVector {
  readonly layout: 'integer';
  readonly wordsPerValue: 1 | 2 | 4 | 8;
  readonly words: Int32Array;
  readonly validity: Validity;
}

/** BOOL, one bit per row, least significant first. */
export interface BitVector {
  readonly layout: 'bit';
  readonly bits: Uint8Array;
  readonly validity: Validity;
}

/** ARRAY: row i has the elements `[offsets[i], offsets[i + 1])` of `elements`. */
export interface ListVector {
  readonly layout: 'list';
  readonly offsets: Int32Array;
  readonly elements: ColumnVector;
  readonly validity: Validity;
}

/** STRUCT: row i of each of `fields`, in the order of the type's fields. */
export interface StructVector {
  readonly layout: 'struct';
  readonly fields: readonly ColumnVector[];
  readonly validity: Validity;
}

export type ColumnVector = BinaryVector | DoubleVector | IntegerVector | BitVector | ListVector | StructVector;

/** Rows of a table: one vector per column, in the order of the table's schema. */
export interface ColumnBatch {
  readonly rowCount: number;
  readonly columns: readonly ColumnVector[];
}

/** Whether row `row` is not NULL. */
export function isValid(validity: Validity, row: number): boolean {
  return validity === undefined || ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Rows `[from, to)` of a batch as views of its memory. `from` must be a multiple of 8, because bits are not moved. */
export function rowsOf(batch: ColumnBatch, from: number, to: number): ColumnBatch {
  if (from === 0 && to === batch.rowCount) return batch;
  return { rowCount: to - from, columns: batch.columns.map((vector) => slice(vector, from, to)) };
}

function slice(vector: ColumnVector, from: number, to: number): ColumnVector {
  const validity = vector.validity?.subarray(from >> 3);
  switch (vector.layout) {
    case 'binary':
    case 'list':
      return { ...vector, validity, offsets: vector.offsets.subarray(from, to + 1) };
    case 'double':
      return { ...vector, validity, values: vector.values.subarray(from, to) };
    case 'integer': {
      const { wordsPerValue, words } = vector;
      return { ...vector, validity, words: words.subarray(from * wordsPerValue, to * wordsPerValue) };
    }
    case 'bit':
      return { ...vector, validity, bits: vector.bits.subarray(from >> 3) };
    case 'struct':
      return { ...vector, validity, fields: vector.fields.map((field) => slice(field, from, to)) };
  }
}
