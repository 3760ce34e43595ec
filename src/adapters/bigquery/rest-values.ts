/** Parses the REST API's texts for numbers and times into the integers of a column batch. */
import { columnTypeName, type ColumnType } from '../../domain/column-type.ts';
import { broken } from './arrow-messages.ts';

const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_DAY = 86_400_000_000n;
const MS_PER_DAY = 86_400_000;
const SECONDS_DIGITS = 6;

/** 0001-01-01 00:00:00 to 9999-12-31 23:59:59.999999, in microseconds since 1970. */
const FIRST_TIMESTAMP = -62_135_596_800_000_000n;
const LAST_TIMESTAMP = 253_402_300_799_999_999n;

/** Longer than any valid value: a BIGNUMERIC has 77 digits, sign, point and exponent. */
const LONGEST_TEXT = 120;
/** Most zeros that an exponent adds; no number of these types needs more. */
const LONGEST_SHIFT = 120;

const INTEGER = /^-?\d{1,19}$/;
const DOUBLE = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const DECIMAL = /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d{1,4}))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^(?<clock>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(?<fraction>\d{1,6}))?$/;
const DATETIME = /^(?<date>[\d-]{10})[T ](?<time>[\d:.]+)$/;
/** Before a `=`, the unused bits of the last letter are zero. */
const BASE64 = /^[A-Za-z0-9+/]*(?:[AEIMQUYcgkosw048]=|[AQgw]==)?$/;

/** Names of values that are not numbers; the emulator also writes `+Inf`. */
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-inf', -Infinity],
  ['-infinity', -Infinity],
]);

/** A FLOAT64: decimal notation, `NaN`, `Infinity`, `-Infinity`. */
export function doubleOf(text: string): number {
  checkLength('FLOAT64', text);
  const named = NOT_FINITE.get(text.toLowerCase());
  if (named !== undefined) return named;
  const value = DOUBLE.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw unreadable('FLOAT64', text);
  return value;
}

/** BYTES: base64 in whole groups of four. */
export function bytesOf(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw unreadable('BYTES', text);
  return Buffer.from(text, 'base64');
}

/** A value of an integer vector: a number if it is safe, else a bigint. */
export function integerOf(type: ColumnType, text: string): number | bigint {
  checkLength(columnTypeName(type), text);
  switch (type.kind) {
    case 'int64':
      return int64Of(text);
    case 'numeric':
      return unitsOf(type, text, type.scale);
    case 'date':
      return daysOf(text);
    case 'time':
      return microsOfDay(text);
    case 'datetime': {
      const { date = '', time = '' } = DATETIME.exec(text)?.groups ?? {};
      if (time === '') throw unreadable('DATETIME', text);
      return BigInt(daysOf(date)) * MICROS_PER_DAY + BigInt(microsOfDay(time));
    }
    // Microseconds, as requested; seconds with a fraction from the emulator, which ignores the option.
    case 'timestamp': {
      const micros = INTEGER.test(text) ? int64Of(text) : unitsOf(type, text, SECONDS_DIGITS);
      if (micros < FIRST_TIMESTAMP || micros > LAST_TIMESTAMP) throw unreadable('TIMESTAMP', text);
      return micros;
    }
    default:
      throw unreadable(columnTypeName(type), text);
  }
}

function int64Of(text: string): number | bigint {
  const value = INTEGER.test(text) ? BigInt(text) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw unreadable('INT64', text);
  return smallest(value);
}

/** A number if it is exact. */
function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A decimal, with or without exponent, in units of 10^-scale: `-1.5`, 9 → -1500000000. More digits are an error. */
function unitsOf(type: ColumnType, text: string, scale: number): number | bigint {
  const { sign, whole = '', fraction = '', exponent = '0' } = DECIMAL.exec(text)?.groups ?? {};
  const shift = scale - fraction.length + Number(exponent);
  const digits = whole + fraction;
  const isExact = shift >= 0 ? shift <= LONGEST_SHIFT : /^0*$/.test(digits.slice(shift));
  if (digits === '' || !isExact) throw unreadable(columnTypeName(type), text);
  const units = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, shift);
  const value = BigInt(units === '' ? '0' : units);
  return smallest(sign === '-' ? -value : value);
}

/** Days since 1970 of a calendar day; JavaScript would turn February 30 into March 2. */
function daysOf(text: string): number {
  const ms = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isOnCalendar = !Number.isNaN(ms) && !text.startsWith('0000') && new Date(ms).toISOString().startsWith(text);
  if (!isOnCalendar) throw unreadable('DATE', text);
  return ms / MS_PER_DAY;
}

function microsOfDay(text: string): number {
  const { clock, fraction = '' } = TIME.exec(text)?.groups ?? {};
  if (clock === undefined) throw unreadable('TIME', text);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const ofDay = (hours * 60 + minutes) * 60 + seconds;
  return ofDay * MICROS_PER_SECOND + Number(fraction.padEnd(SECONDS_DIGITS, '0'));
}

function checkLength(type: string, text: string): void {
  if (text.length > LONGEST_TEXT) throw broken(`a value of ${text.length} characters is not a valid ${type}`);
}

function unreadable(type: string, text: string): Error {
  return broken(`${JSON.stringify(text.slice(0, 60))} is not a valid ${type}`);
}
