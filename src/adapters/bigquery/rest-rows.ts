/** Rows of a REST reply (`{f: [{v: …}]}`) as the same column batch that Arrow would give. */
import type { BinaryVector, ColumnBatch, ColumnVector, IntegerVector, Validity } from '../../domain/column-batch.ts';
import { type Column, type ColumnType, columnTypeName } from '../../domain/column-type.ts';
import { broken } from './arrow-messages.ts';
import { bytesOf, doubleOf, integerOf } from './rest-values.ts';

/** Converts the parsed rows of a reply. Throws STREAM_BROKEN if a value does not fit its column. */
export function restRows(columns: readonly Column[], rows: readonly unknown[]): ColumnBatch {
  const cells = rows.map((row) => cellsOf(row, columns.length));
  return {
    rowCount: rows.length,
    columns: columns.map((column, index) =>
      toVector(
        column.type,
        cells.map((row) => valueOf(row[index])),
      ),
    ),
  };
}

function toVector(type: ColumnType, values: readonly unknown[]): ColumnVector {
  const validity = validityOf(values);
  switch (type.kind) {
    case 'string':
    case 'json':
      return binaryVector(values, validity, (value) => Buffer.from(textOf(type, value), 'utf8'));
    case 'bytes':
      return binaryVector(values, validity, (value) => bytesOf(textOf(type, value)));
    case 'float64': {
      const numbers = new Float64Array(values.length);
      for (const [row, value] of values.entries()) if (value !== null) numbers[row] = doubleOf(textOf(type, value));
      return { layout: 'double', values: numbers, validity };
    }
    case 'bool':
      return {
        layout: 'bit',
        bits: bitsOf(values, (value) => value !== null && truthOf(textOf(type, value))),
        validity,
      };
    case 'array':
      return listVector(type.element, values, validity);
    case 'struct': {
      const rows = values.map((value) => (value === null ? undefined : cellsOf(value, type.fields.length)));
      const fields = type.fields.map((field, index) =>
        toVector(
          field.type,
          rows.map((row) => (row === undefined ? null : valueOf(row[index]))),
        ),
      );
      return { layout: 'struct', fields, validity };
    }
    default:
      return integerVector(type, values, validity);
  }
}

function binaryVector(
  values: readonly unknown[],
  validity: Validity,
  encode: (value: unknown) => Uint8Array,
): BinaryVector {
  const pieces = values.map((value) => (value === null ? EMPTY : encode(value)));
  const offsets = new Int32Array(values.length + 1);
  for (const [row, piece] of pieces.entries()) offsets[row + 1] = offsets[row]! + piece.length;
  return { layout: 'binary', offsets, bytes: Buffer.concat(pieces), validity };
}

const EMPTY = new Uint8Array(0);

function integerVector(type: ColumnType, values: readonly unknown[], validity: Validity): IntegerVector {
  const wordsPerValue = type.kind === 'numeric' ? type.words : type.kind === 'date' ? 1 : 2;
  const words = new Int32Array(values.length * wordsPerValue);
  for (const [row, value] of values.entries()) {
    if (value === null) continue;
    const integer = integerOf(type, textOf(type, value));
    const first = row * wordsPerValue;
    if (typeof integer === 'bigint') {
      let rest = integer;
      for (let word = 0; word < wordsPerValue; word++, rest >>= 32n)
        words[first + word] = Number(BigInt.asIntN(32, rest));
      if (rest !== (words[first + wordsPerValue - 1]! < 0 ? -1n : 0n)) throw misfit(type, value);
    } else {
      words[first] = integer | 0;
      if (wordsPerValue > 1) words[first + 1] = Math.floor(integer / 2 ** 32);
      if (integer < 0) words.fill(-1, first + 2, first + wordsPerValue);
    }
  }
  return { layout: 'integer', wordsPerValue, words, validity };
}

/** A NULL array is empty, because the API has no NULL arrays. */
function listVector(element: ColumnType, values: readonly unknown[], validity: Validity): ColumnVector {
  const lists = values.map((value) => {
    if (value === null) return [];
    if (!Array.isArray(value)) throw misfit({ kind: 'array', element }, value);
    return value.map(valueOf);
  });
  const offsets = new Int32Array(values.length + 1);
  for (const [row, list] of lists.entries()) offsets[row + 1] = offsets[row]! + list.length;
  return { layout: 'list', offsets, elements: toVector(element, lists.flat()), validity };
}

function validityOf(values: readonly unknown[]): Validity {
  return values.includes(null) ? bitsOf(values, (value) => value !== null) : undefined;
}

function bitsOf(values: readonly unknown[], isSet: (value: unknown) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) if (isSet(value)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}

function cellsOf(row: unknown, count: number): readonly unknown[] {
  const cells = typeof row === 'object' && row !== null && 'f' in row ? row.f : undefined;
  if (!Array.isArray(cells) || cells.length !== count)
    throw broken('a row of a reply has other columns than its schema');
  return cells;
}

function valueOf(cell: unknown): unknown {
  if (typeof cell !== 'object' || cell === null || !('v' in cell))
    throw broken('a row of a reply has a cell without a value');
  return cell.v ?? null;
}

function textOf(type: ColumnType, value: unknown): string {
  if (typeof value === 'string') return value;
  // The service sends only text; the emulator some numbers and booleans, whose last digits may be lost.
  const isExact =
    typeof value === 'number' && (type.kind === 'float64' || Number.isSafeInteger(value) || value % 1 !== 0);
  if (isExact || typeof value === 'boolean') return String(value);
  throw misfit(type, value);
}

function truthOf(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw misfit({ kind: 'bool' }, text);
}

function misfit(type: ColumnType, value: unknown): Error {
  return broken(`a reply has ${JSON.stringify(value)?.slice(0, 60)} instead of ${columnTypeName(type)}`);
}
