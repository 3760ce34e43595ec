/** The texts in which the REST API gives numbers and times, as the integers that a column batch holds. */
import type { ColumnType } from '../../domain/column-type.ts';
import { broken } from './arrow-messages.ts';

const MICROS_PER_SECOND = 1_000_000;
const MS_PER_DAY = 86_400_000;
const SECONDS_DIGITS = 6;

/** A FLOAT64: decimal notation, `NaN`, `Infinity`, `-Infinity`; the emulator writes `+Inf` too. */
export function doubleOf(text: string): number {
  const value = Number(text);
  if (!Number.isNaN(value) && text !== '') return value;
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      throw unreadable('FLOAT64', text);
  }
}

/** The integer that stands for a value in an integer vector: a number where it is safe, else a big integer. */
export function integerOf(type: ColumnType, text: string): number | bigint {
  switch (type.kind) {
    case 'int64':
      return integerText(text);
    case 'numeric':
      return unitsOf(text, type.scale);
    case 'date':
      return daysOf(text);
    case 'time':
      return microsOfDay(text);
    case 'datetime': {
      const [date = '', time = ''] = text.split(/[T ]/);
      return BigInt(daysOf(date)) * 86_400_000_000n + BigInt(microsOfDay(time));
    }
    // Microseconds, as asked for; seconds with a fraction where a server does not know the option (the emulator).
    case 'timestamp':
      return /^-?\d+$/.test(text) ? integerText(text) : unitsOf(text, SECONDS_DIGITS);
    default:
      throw unreadable(type.kind, text);
  }
}

function integerText(text: string): number | bigint {
  const value = Number(text);
  if (Number.isSafeInteger(value) && text !== '') return value;
  if (!/^-?\d+$/.test(text)) throw unreadable('INT64', text);
  return BigInt(text);
}

/** A decimal, with or without exponent, in units of 10^-scale: `-1.5`, 9 → -1500000000. Digits beyond the scale are an error. */
function unitsOf(text: string, scale: number): number | bigint {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw unreadable('NUMERIC', text);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = scale - fraction.length + Number(exponent);
  const digits = whole + fraction;
  const isExact = digits !== '' && Math.abs(shift) < 400 && (shift >= 0 || /^0*$/.test(digits.slice(shift)));
  if (!isExact) throw unreadable('NUMERIC', text);
  const units = shift >= 0 ? digits.padEnd(digits.length + shift, '0') : digits.slice(0, shift);
  return integerText((sign === '-' ? '-' : '') + (units === '' ? '0' : units));
}

function daysOf(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw unreadable('DATE', text);
  return ms / MS_PER_DAY;
}

function microsOfDay(text: string): number {
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) throw unreadable('TIME', text);
  const [, hours, minutes, seconds, fraction = ''] = match;
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return ofDay * MICROS_PER_SECOND + Number(fraction.padEnd(SECONDS_DIGITS, '0'));
}

function unreadable(type: string, text: string): Error {
  return broken(`${JSON.stringify(text.slice(0, 60))} is no ${type}`);
}
