/** Compares single values of a batch as they will be written: NaN is null, -0 is 0. */
import type { BinaryVector, ColumnVector } from '../../domain/column-batch.ts';
import { isValid } from '../../domain/column-batch.ts';

/** Whether the value is not null in the file. */
export function isWritten(vector: ColumnVector, row: number): boolean {
  if (!isValid(vector.validity, row)) return false;
  return vector.layout !== 'double' || Number.isFinite(vector.values[row]);
}

/** A text as a string; for messages and rare checks, not for every row. */
export function textAt(vector: BinaryVector, row: number): string {
  return Buffer.from(vector.bytes.buffer, vector.bytes.byteOffset, vector.bytes.byteLength).toString(
    'utf8',
    vector.offsets[row],
    vector.offsets[row + 1],
  );
}

/** Whether a text is exactly these bytes. */
export function isText(vector: BinaryVector, row: number, expected: Uint8Array): boolean {
  const start = vector.offsets[row]!;
  if (vector.offsets[row + 1]! - start !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (vector.bytes[start + i] !== expected[i]) return false;
  return true;
}

/** Whether two values of one column are written alike. False for lists and structs, which no key contains. */
export function isWrittenAlike(a: ColumnVector, rowA: number, b: ColumnVector, rowB: number): boolean {
  const isThere = isWritten(a, rowA);
  if (isThere !== isWritten(b, rowB)) return false;
  if (!isThere) return true;
  if (a.layout === 'binary' && b.layout === 'binary') return sameBytes(a, rowA, b, rowB);
  if (a.layout === 'double' && b.layout === 'double') return a.values[rowA] === b.values[rowB];
  if (a.layout === 'integer' && b.layout === 'integer') {
    const width = a.wordsPerValue;
    for (let i = 0; i < width; i++) if (a.words[rowA * width + i] !== b.words[rowB * width + i]) return false;
    return true;
  }
  if (a.layout === 'bit' && b.layout === 'bit') return isValid(a.bits, rowA) === isValid(b.bits, rowB);
  return false;
}

/** Quick test whether all rows certainly have the same value, as is common for windows, segments and bases. */
export function isConstant(vector: BinaryVector, rowCount: number): boolean {
  if (vector.validity !== undefined || rowCount === 0) return false;
  const { bytes, offsets } = vector;
  const length = offsets[1]! - offsets[0]!;
  for (let row = 1; row < rowCount; row++) if (offsets[row + 1]! - offsets[row]! !== length) return false;
  // Bytes that equal themselves moved by one value are one value repeated.
  const [first, second, last, end] = [offsets[0]!, offsets[1]!, offsets[rowCount - 1]!, offsets[rowCount]!];
  return Buffer.compare(bytes.subarray(first, last), bytes.subarray(second, end)) === 0;
}

/** Marks each row, except the first, whose written value differs from the previous row's. Skips rows that are marked already. */
export function markChanges(vector: ColumnVector, marks: Uint8Array): void {
  if (vector.layout === 'binary') return markChangedBytes(vector, marks);
  for (let row = 1; row < marks.length; row++) {
    if (marks[row] === 0 && !isWrittenAlike(vector, row, vector, row - 1)) marks[row] = 1;
  }
}

/** Fast path for binary columns. */
function markChangedBytes(vector: BinaryVector, marks: Uint8Array): void {
  const { validity } = vector;
  if (isConstant(vector, marks.length)) return;
  let wasThere = isValid(validity, 0);
  for (let row = 1; row < marks.length; row++) {
    const isThere = isValid(validity, row);
    if (marks[row] === 0 && (isThere !== wasThere || (isThere && !sameBytes(vector, row, vector, row - 1)))) {
      marks[row] = 1;
    }
    wasThere = isThere;
  }
}

function sameBytes(a: BinaryVector, rowA: number, b: BinaryVector, rowB: number): boolean {
  const startA = a.offsets[rowA]!;
  const startB = b.offsets[rowB]!;
  const length = a.offsets[rowA + 1]! - startA;
  if (b.offsets[rowB + 1]! - startB !== length) return false;
  // Sorted values share their beginnings and differ at their ends.
  for (let i = length - 1; i >= 0; i--) if (a.bytes[startA + i] !== b.bytes[startB + i]) return false;
  return true;
}
