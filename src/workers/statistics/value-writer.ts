/** Writes single values of every type as JSON, including nested ones. Not for the hot path. */
import { isUtf8 } from 'node:buffer';
import { isValid, type BinaryVector, type ColumnVector } from '../../domain/column-batch.ts';
import { columnTypeName, type Column, type ColumnType } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import { compactJson } from './compact-json.ts';
import { integerText } from './integer-text.ts';
import { jsonString, type JsonBytes } from './json-bytes.ts';

/** Why a value cannot be written; the caller adds row and column. */
export class UnwritableValue extends Error {
  override readonly name = 'UnwritableValue';
}

/** How values differ from those of statistics files. */
export interface ValueStyle {
  /** `omit`: a NULL has no key, in nested objects neither; default: `keep`. */
  readonly nulls?: 'keep' | 'omit';
  /** INT64 as text or number; default: `string`. */
  readonly ints?: 'string' | 'number';
}

/** Keeps a byte order mark, which is an ordinary character inside a table. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Writes values to `out`. NaN and infinities become null, because JSON has none, and are counted. */
export class ValueWriter {
  readonly #out: JsonBytes;
  readonly #style: ValueStyle;
  #nonFinite = 0;

  constructor(out: JsonBytes, style: ValueStyle = {}) {
    this.#out = out;
    this.#style = style;
  }

  /** How many NaN and infinities were written as null. */
  get nonFinite(): number {
    return this.#nonFinite;
  }

  /** Writes row `row` as a complete JSON value. Throws UnwritableValue if the file format cannot hold it. */
  write(type: ColumnType, vector: ColumnVector, row: number): void {
    if (!isValid(vector.validity, row)) return this.#out.ascii(type.kind === 'array' ? '[]' : 'null');
    switch (vector.layout) {
      case 'binary':
        return this.#writeBinary(type, vector, row);
      case 'double':
        return this.#writeDouble(vector.values[row]!);
      case 'bit':
        return this.#out.ascii(isValid(vector.bits, row) ? 'true' : 'false');
      case 'integer': {
        const text = integerText(type, vector, row);
        if (text === undefined) throw new UnwritableValue(`it is no ${columnTypeName(type)} of the years 1 to 9999`);
        return this.#out.ascii(
          type.kind === 'int64' && this.#style.ints === 'number' ? exactNumber(text) : `"${text}"`,
        );
      }
      case 'list':
        if (type.kind !== 'array') break;
        return this.#writeList(type.element, vector.elements, vector.offsets[row]!, vector.offsets[row + 1]!);
      case 'struct':
        if (type.kind !== 'struct') break;
        return this.#writeStruct(type.fields, vector.fields, row);
    }
    throw layoutMismatch(type, vector);
  }

  /** Whether a value gets no key, because NULLs are left out. A number that would be written as null is counted. */
  leavesOut(type: ColumnType, vector: ColumnVector, row: number): boolean {
    if (this.#style.nulls !== 'omit' || type.kind === 'array') return false;
    if (!isValid(vector.validity, row)) return true;
    const isNonFinite = vector.layout === 'double' && !Number.isFinite(vector.values[row]);
    if (isNonFinite) this.#nonFinite += 1;
    return isNonFinite;
  }

  /** Writes row `row` of a STRING as the inside of a JSON string. */
  writeStringBody(vector: BinaryVector, row: number): void {
    const value = vector.bytes.subarray(vector.offsets[row], vector.offsets[row + 1]);
    const valid = isUtf8(value) ? value : Buffer.from(decoder.decode(value));
    this.#out.escaped(valid, 0, valid.length);
  }

  #writeBinary(type: ColumnType, vector: BinaryVector, row: number): void {
    if (type.kind === 'string') {
      this.#out.ascii('"');
      this.writeStringBody(vector, row);
      return this.#out.ascii('"');
    }
    const value = vector.bytes.subarray(vector.offsets[row], vector.offsets[row + 1]);
    if (type.kind === 'bytes') {
      return this.#out.ascii(`"${Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')}"`);
    }
    if (type.kind !== 'json') throw layoutMismatch(type, vector);
    const json = compactJson(decoder.decode(value));
    if (json === undefined) throw new UnwritableValue('its text is not JSON');
    this.#out.utf8(json);
  }

  #writeDouble(value: number): void {
    if (!Number.isFinite(value)) this.#nonFinite += 1;
    this.#out.ascii(Number.isFinite(value) ? String(value) : 'null');
  }

  #writeList(elementType: ColumnType, elements: ColumnVector, from: number, to: number): void {
    this.#out.ascii('[');
    for (let index = from; index < to; index++) {
      if (index > from) this.#out.ascii(',');
      this.write(elementType, elements, index);
    }
    this.#out.ascii(']');
  }

  #writeStruct(fields: readonly Column[], vectors: readonly ColumnVector[], row: number): void {
    this.#out.ascii('{');
    let comma = '';
    fields.forEach((field, index) => {
      const vector = vectors[index]!;
      if (this.leavesOut(field.type, vector, row)) return;
      this.#out.utf8(`${comma}${jsonString(field.name)}:`);
      this.write(field.type, vector, row);
      comma = ',';
    });
    this.#out.ascii('}');
  }
}

/** The digits of an integer that every reader of JSON numbers gets back exactly. */
function exactNumber(digits: string): string {
  if (Number.isSafeInteger(Number(digits))) return digits;
  throw new UnwritableValue(`${digits} is outside ±(2^53 − 1), so it must be written as text (\`ints = "string"\`)`);
}

/** VALUE_INVALID for a value of a column; `row` is counted in its batch. */
export function unwritable({ name, type }: Column, row: number, reason: UnwritableValue): ContrailError {
  return new ContrailError(
    'VALUE_INVALID',
    `Column "${name}" (${columnTypeName(type)}) has a value that cannot be written: ${reason.message}.`,
    { subject: `row ${row} of a batch, counted from 0`, cause: reason },
  );
}

/** The vector does not fit its column's type: a bug in a reader, not in the data. */
export function layoutMismatch(type: ColumnType, vector: ColumnVector): ContrailError {
  return new ContrailError('INTERNAL', `A ${columnTypeName(type)} column has the layout ${vector.layout}.`);
}
