/** Rows as REST gives them: `{ f: [{ v }] }`, every value but NULL as text. */
import { isValid, type ColumnBatch, type ColumnVector, type IntegerVector } from '../../../src/domain/column-batch.ts';
import type { TableField } from './field-schema.ts';

export type RestValue = null | string | readonly { readonly v: RestValue }[] | RestRow;

export interface RestRow {
  readonly f: readonly { readonly v: RestValue }[];
}

export interface RestFormat {
  /** TIMESTAMP in microseconds (`formatOptions.useInt64Timestamp`), else in seconds as a double. */
  readonly useInt64Timestamp: boolean;
}

/** The rows of a batch. */
export function restRows(fields: readonly TableField[], batch: ColumnBatch, format: RestFormat): RestRow[] {
  return Array.from({ length: batch.rowCount }, (_, row) => rowOf(fields, batch.columns, { row, format }));
}

interface At {
  readonly row: number;
  readonly format: RestFormat;
}

function rowOf(fields: readonly TableField[], vectors: readonly ColumnVector[], at: At): RestRow {
  return { f: fields.map((field, index) => ({ v: valueOf(field, vectors[index]!, at) })) };
}

function valueOf(field: TableField, vector: ColumnVector, at: At): RestValue {
  const { row, format } = at;
  if (vector.layout === 'list') {
    const element: TableField = { ...field, mode: 'NULLABLE' };
    const [start = 0, end = 0] = vector.offsets.subarray(row, row + 2);
    return Array.from({ length: end - start }, (_, index) => ({
      v: valueOf(element, vector.elements, { row: start + index, format }),
    }));
  }
  if (!isValid(vector.validity, row)) return null;
  switch (vector.layout) {
    case 'struct':
      return rowOf(field.fields ?? [], vector.fields, at);
    case 'binary': {
      const bytes = Buffer.from(vector.bytes.subarray(vector.offsets[row], vector.offsets[row + 1]));
      return bytes.toString(field.type === 'BYTES' ? 'base64' : 'utf8');
    }
    case 'bit':
      return String((vector.bits[row >> 3]! & (1 << (row & 7))) !== 0);
    case 'double':
      return floatText(vector.values[row]!);
    case 'integer':
      return integerText(field, integerAt(vector, row), format);
  }
}

function floatText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value).replace('e', 'E');
}

function integerAt({ words, wordsPerValue }: IntegerVector, row: number): bigint {
  let value = 0n;
  for (let word = wordsPerValue - 1; word >= 0; word--) {
    value = (value << 32n) | BigInt(words[row * wordsPerValue + word]! >>> 0);
  }
  return BigInt.asIntN(32 * wordsPerValue, value);
}

function integerText(field: TableField, value: bigint, { useInt64Timestamp }: RestFormat): string {
  switch (field.type) {
    case 'NUMERIC':
      return decimalText(value, 9);
    case 'BIGNUMERIC':
      return decimalText(value, 38);
    case 'DATE':
      return momentText(value * 86_400_000_000n).slice(0, 10);
    case 'TIME':
      return momentText(value).slice(11);
    case 'DATETIME':
      return momentText(value);
    case 'TIMESTAMP':
      return useInt64Timestamp ? String(value) : (Number(value) / 1e6).toExponential().replace('e+', 'E');
    default:
      return String(value);
  }
}

function decimalText(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const whole = digits.slice(0, -scale);
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `2026-01-13T04:30:00`, a fraction of six digits only where there is one. */
function momentText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  return fraction === 0n ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`;
}
