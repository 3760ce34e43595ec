/**
 * What the rows of a file must look like, told from plain cells: `JSON.stringify` for every value, and keys put one
 * behind the other, for an object would sort those that look like integers. Slow, and without any code of the encoder.
 */
import type { Column, ColumnType } from '../../../../src/domain/column-type.ts';
import type { ValueStyle } from '../../../../src/workers/statistics/value-writer.ts';
import type { CellValue } from '../../../support/column-batches.ts';

export interface Expectation {
  /** The rows, each with a comma before it. */
  readonly text: string;
  /** NaN and infinities among the values that are written. */
  readonly nonFinite: number;
}

const MS_PER_DAY = 86_400_000;
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

interface Writing extends ValueStyle {
  readonly onNonFinite: () => void;
}

/** The rows that are kept, cells in the order of the columns. Throws for an integer that is no exact number. */
export function expectedRows(
  columns: readonly Column[],
  rows: readonly (readonly CellValue[])[],
  style: ValueStyle = {},
): Expectation {
  let nonFinite = 0;
  const onNonFinite = (): void => {
    nonFinite += 1;
  };
  const text = rows.map((cells) => `,${objectText(columns, cells, { ...style, onNonFinite })}`).join('');
  return { text, nonFinite };
}

function objectText(fields: readonly Column[], cells: readonly CellValue[], writing: Writing): string {
  const members = fields.flatMap(({ name, type }, index) => {
    const cell = cells[index];
    const text = valueText(type, cell, writing);
    const isNull = cell === null || cell === undefined || (type.kind === 'float64' && text === 'null');
    return writing.nulls === 'omit' && isNull && type.kind !== 'array' ? [] : [`${stringText(name)}:${text}`];
  });
  return `{${members.join(',')}}`;
}

function valueText(type: ColumnType, cell: CellValue, writing: Writing): string {
  if (cell === null || cell === undefined) return type.kind === 'array' ? '[]' : 'null';
  switch (type.kind) {
    case 'string':
      return stringText(textOf(cell));
    case 'float64':
      if (!Number.isFinite(Number(cell))) writing.onNonFinite();
      return JSON.stringify(Number(cell));
    case 'int64':
      return integerOrText(BigInt(textOf(cell)), writing);
    case 'bool':
      return JSON.stringify(cell);
    case 'numeric':
      return JSON.stringify(decimalOf(textOf(cell)));
    case 'json':
      return JSON.stringify(JSON.parse(textOf(cell)));
    case 'bytes':
      return JSON.stringify(cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : cell);
    case 'array':
      return `[${listOf(cell)
        .map((element) => valueText(type.element, element, writing))
        .join(',')}]`;
    case 'struct': {
      const values = new Map(Object.entries(cell));
      const cells = type.fields.map((field): CellValue => values.get(field.name));
      return objectText(type.fields, cells, writing);
    }
    default:
      return JSON.stringify(integerOf(type, BigInt(textOf(cell))));
  }
}

function integerOrText(value: bigint, { ints }: Writing): string {
  if (ints !== 'number') return `"${value}"`;
  if (BigInt.asIntN(64, BigInt(Number(value))) !== value || Math.abs(Number(value)) >= 2 ** 53) {
    throw new RangeError(`${value} is no exact number`);
  }
  return String(value);
}

function stringText(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

function textOf(cell: CellValue): string {
  if (cell instanceof Uint8Array) return UTF8.decode(cell);
  if (typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint') return String(cell);
  throw new TypeError('neither text, nor bytes, nor a number');
}

function listOf(cell: CellValue): readonly CellValue[] {
  if (Array.isArray(cell)) return cell;
  throw new TypeError('not an array');
}

/** `-0012.500` → `-12.5` */
function decimalOf(text: string): string {
  const cut = text
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return cut === '-0' ? '0' : cut;
}

/** Days for DATE, microseconds for the other types of time. */
function integerOf({ kind }: ColumnType, value: bigint): string {
  if (kind === 'date') return new Date(Number(value) * MS_PER_DAY).toISOString().slice(0, 10);
  const seconds = Number((value - (((value % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  const micros = value - BigInt(seconds) * 1_000_000n;
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().slice(0, 19).split('T');
  const fraction = micros === 0n ? '' : `.${String(micros).padStart(6, '0')}`;
  if (kind === 'time') return time + fraction;
  if (kind === 'datetime') return `${date}T${time}${fraction}`;
  return `${date} ${time}${fraction.replace(/0+$/, '')} UTC`;
}
