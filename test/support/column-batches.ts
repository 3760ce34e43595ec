/** Builds column batches from plain values, so that tests can say what is in a table row by row. */
import type { ColumnBatch, ColumnVector, IntegerVector } from '../../src/domain/column-batch.ts';
import type { Column, ColumnType } from '../../src/domain/column-type.ts';

/**
 * A value of a cell. NULL is null or undefined. STRING and JSON: text, or raw bytes for what is not valid UTF-8.
 * FLOAT64: number, or its text (`NaN`). INT64 and NUMERIC: bigint, number, or plain decimal text. DATE: text or days.
 * TIME, DATETIME, TIMESTAMP: text as BigQuery writes it (with or without ` UTC`), or microseconds as bigint.
 * BYTES: bytes. ARRAY: array. STRUCT: object by field name.
 */
export type CellValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CellValue[]
  | { readonly [field: string]: CellValue };

/** The cells of a row in the order of the columns, or by column name; a name left out is NULL. */
export type Row = readonly CellValue[] | { readonly [column: string]: CellValue };

export interface BatchOptions {
  /**
   * `plain`: offsets begin at 0, a validity only where there are NULLs. `sliced`: as if cut out of a larger batch:
   * offsets begin later, bytes lie at an odd address, garbage stands in the slots of NULLs and around the values.
   */
  readonly memory?: 'plain' | 'sliced';
}

/** A batch of these rows. Throws for a cell that does not fit its column. */
export function columnBatch(
  columns: readonly Column[],
  rows: readonly Row[],
  { memory = 'plain' }: BatchOptions = {},
): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map((column, index) => {
      const cells = rows.map((row) => (isArray(row) ? row[index] : row[column.name]));
      return columnVector(column.type, cells, { memory });
    }),
  };
}

/** One column of a batch. */
export function columnVector(type: ColumnType, cells: readonly CellValue[], options: BatchOptions = {}): ColumnVector {
  return vectorOf(type, cells, options.memory === 'sliced');
}

/** A slot that holds garbage but is not marked NULL: a field of a struct that is NULL itself. */
const GARBAGE = Symbol('garbage');
type Slot = CellValue | typeof GARBAGE;

/** Not UTF-8, not JSON; as part of a little-endian double it may form a NaN. */
const GARBAGE_BYTES = Uint8Array.of(0x22, 0x00, 0x5c, 0x80, 0xff, 0x01, 0xf8, 0x7f, 0xff);

function vectorOf(type: ColumnType, slots: readonly Slot[], sliced: boolean): ColumnVector {
  const validity = validityOf(slots, sliced);
  switch (type.kind) {
    case 'string':
    case 'json':
    case 'bytes': {
      const pieces = slots.map((slot) => (isFilled(slot) ? bytesOf(slot) : sliced ? GARBAGE_BYTES : new Uint8Array(0)));
      const before = sliced ? GARBAGE_BYTES : new Uint8Array(0);
      const after = sliced ? GARBAGE_BYTES : new Uint8Array(0);
      const offsets = offsetsOf(
        before.length,
        pieces.map((piece) => piece.length),
      );
      return { layout: 'binary', offsets, bytes: atOddAddress([before, ...pieces, after], sliced), validity };
    }
    case 'float64': {
      const values = Float64Array.from(slots, (slot) => (isFilled(slot) ? Number(slot) : sliced ? Number.NaN : 0));
      return { layout: 'double', values, validity };
    }
    case 'bool': {
      const bits = bitsOf(slots.map((slot) => (isFilled(slot) ? slot === true : sliced)));
      return { layout: 'bit', bits, validity };
    }
    case 'array': {
      const fill: readonly Slot[] = sliced ? [GARBAGE] : [];
      const lists = slots.map((slot): readonly Slot[] => (isFilled(slot) ? listOf(slot) : fill));
      const offsets = offsetsOf(
        fill.length,
        lists.map((list) => list.length),
      );
      const elements = vectorOf(type.element, [...fill, ...lists.flat(), ...fill], sliced);
      return { layout: 'list', offsets, elements, validity };
    }
    case 'struct': {
      const fields = type.fields.map((field) => {
        const children = slots.map((slot): Slot =>
          isFilled(slot) ? fieldOf(slot, field.name) : sliced ? GARBAGE : null,
        );
        return vectorOf(field.type, children, sliced);
      });
      return { layout: 'struct', fields, validity };
    }
    default: {
      const wordsPerValue = wordsOf(type);
      const words = new Int32Array(wordsPerValue * slots.length);
      if (sliced) words.fill(0x7fffffff);
      slots.forEach((slot, row) => {
        if (!isFilled(slot)) return;
        const integer = integerOf(type, slot);
        if (BigInt.asIntN(32 * wordsPerValue, integer) !== integer) throw new RangeError(`${integer} does not fit`);
        for (let word = 0; word < wordsPerValue; word++) {
          words[row * wordsPerValue + word] = Number(BigInt.asIntN(32, integer >> BigInt(32 * word)));
        }
      });
      return { layout: 'integer', wordsPerValue, words, validity };
    }
  }
}

function isFilled(slot: Slot): slot is Exclude<CellValue, null | undefined> {
  return slot !== null && slot !== undefined && slot !== GARBAGE;
}

function isArray(value: unknown): value is readonly CellValue[] {
  return Array.isArray(value);
}

function validityOf(slots: readonly Slot[], sliced: boolean): Uint8Array | undefined {
  const isThere = slots.map((slot) => slot !== null && slot !== undefined);
  if (!sliced && isThere.every(Boolean)) return undefined;
  return bitsOf(isThere);
}

/** The bits behind the last row are set: nobody may look at them. */
function bitsOf(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8)).fill(0xff);
  flags.forEach((flag, row) => {
    if (!flag) bits[row >> 3]! &= ~(1 << (row & 7));
  });
  return bits;
}

function offsetsOf(start: number, lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  offsets[0] = start;
  lengths.forEach((length, row) => (offsets[row + 1] = offsets[row]! + length));
  return offsets;
}

function atOddAddress(pieces: readonly Uint8Array[], sliced: boolean): Uint8Array {
  const joined = Buffer.concat(pieces);
  const shift = sliced ? 1 : 0;
  const bytes = new Uint8Array(joined.length + shift).subarray(shift);
  bytes.set(joined);
  return bytes;
}

function bytesOf(value: CellValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value);
  throw new TypeError(`Neither text nor bytes: ${typeof value}`);
}

function listOf(value: CellValue): readonly CellValue[] {
  if (isArray(value)) return value;
  throw new TypeError(`Not an array: ${typeof value}`);
}

function fieldOf(value: CellValue, name: string): CellValue {
  if (typeof value !== 'object' || value === null || isArray(value) || value instanceof Uint8Array) {
    throw new TypeError(`Not an object: ${typeof value}`);
  }
  return value[name];
}

function wordsOf(type: ColumnType): IntegerVector['wordsPerValue'] {
  if (type.kind === 'numeric') return type.words;
  return type.kind === 'date' ? 1 : 2;
}

function integerOf(type: ColumnType, value: CellValue): bigint {
  if (type.kind === 'numeric') {
    if (typeof value !== 'string') throw new TypeError(`Not a decimal text: ${typeof value}`);
    return unitsOf(value, type.scale);
  }
  if (typeof value === 'bigint' || typeof value === 'number') return BigInt(value);
  if (typeof value !== 'string') throw new TypeError(`Not a number: ${typeof value}`);
  if (type.kind === 'int64') return BigInt(value);
  if (type.kind === 'date') return microsOf(value, '00:00:00') / 86_400_000_000n;
  if (type.kind === 'time') return microsOf('1970-01-01', value);
  const [date = '', time = ''] = value.replace(/ UTC$/, '').split(/[ T]/);
  return microsOf(date, time);
}

/** `-1.5`, 9 → -1500000000n */
function unitsOf(decimal: string, scale: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
  const fraction = match?.[3] ?? '';
  if (match === null || fraction.length > scale) throw new RangeError(`No decimal of scale ${scale}: ${decimal}`);
  const units = BigInt(match[2]! + fraction.padEnd(scale, '0'));
  return match[1] === '-' ? -units : units;
}

function microsOf(date: string, time: string): bigint {
  const [clock = '', fraction = ''] = time.split('.');
  const ms = Date.parse(`${date}T${clock}Z`);
  if (Number.isNaN(ms)) throw new RangeError(`Not a date and time: ${date} ${time}`);
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0') || '0');
}
