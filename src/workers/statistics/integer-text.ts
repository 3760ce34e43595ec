/** Writes integers of any width as text: INT64, NUMERIC, DATE, TIME, DATETIME, TIMESTAMP. */
import type { IntegerVector } from '../../domain/column-batch.ts';
import type { ColumnType } from '../../domain/column-type.ts';

const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_DAY = 86_400_000_000;
const MS_PER_DAY = 86_400_000;

/** Row `row` as in the file, without quotes. Undefined if the number is outside the type's range. */
export function integerText(type: ColumnType, vector: IntegerVector, row: number): string | undefined {
  switch (type.kind) {
    case 'int64':
      return digitsAt(vector, row);
    case 'numeric':
      return decimalText(digitsAt(vector, row), type.scale);
    case 'date':
      return dateText(Number(digitsAt(vector, row)));
    case 'time':
      return timeText(Number(digitsAt(vector, row)), 'six digits');
    case 'datetime':
      return dateAndTimeText(BigInt(digitsAt(vector, row)), 'T', 'six digits');
    case 'timestamp': {
      const text = dateAndTimeText(BigInt(digitsAt(vector, row)), ' ', 'no trailing zeros');
      return text === undefined ? undefined : `${text} UTC`;
    }
    default:
      return undefined;
  }
}

/** The decimal digits of the integer in row `row`. Most fit a double; big integers are slow. */
function digitsAt(vector: IntegerVector, row: number): string {
  const { words, wordsPerValue } = vector;
  const first = row * wordsPerValue;
  const low = words[first] ?? 0;
  if (wordsPerValue === 1) return String(low);

  const second = words[first + 1] ?? 0;
  const sign = second >> 31;
  let isSafe = second >> 20 === sign;
  for (let word = 2; word < wordsPerValue; word++) isSafe &&= words[first + word] === sign;
  if (isSafe) return String(second * 2 ** 32 + (low >>> 0));

  let value = BigInt(words[first + wordsPerValue - 1] ?? 0);
  for (let word = wordsPerValue - 2; word >= 0; word--) {
    value = (value << 32n) | BigInt((words[first + word] ?? 0) >>> 0);
  }
  return String(value);
}

/** An integer divided by 10^scale, in plain notation without trailing zeros: `-5`, 1 → `-0.5`. */
function decimalText(integer: string, scale: number): string {
  const sign = integer.startsWith('-') ? '-' : '';
  const digits = integer.slice(sign.length).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  let fractionEnd = digits.length;
  while (fractionEnd > whole.length && digits[fractionEnd - 1] === '0') fractionEnd--;
  return fractionEnd === whole.length ? sign + whole : `${sign}${whole}.${digits.slice(whole.length, fractionEnd)}`;
}

/** Days since 1970-01-01 as a date of the years 1 to 9999. */
function dateText(days: number): string | undefined {
  const date = new Date(days * MS_PER_DAY);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 'yyyy-mm-dd'.length) : undefined;
}

/** As BigQuery: no trailing zeros in a TIMESTAMP's fraction, all six digits in TIME and DATETIME. */
type FractionStyle = 'six digits' | 'no trailing zeros';

/** Microseconds since midnight, of one day. */
function timeText(micros: number, style: FractionStyle): string | undefined {
  if (micros < 0 || micros >= MICROS_PER_DAY) return undefined;
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => twoDigits(Math.floor(part)))
    .join(':');
  const fraction = String(micros % MICROS_PER_SECOND).padStart(6, '0');
  if (fraction === '000000') return clock;
  return `${clock}.${style === 'six digits' ? fraction : fraction.replace(/0+$/, '')}`;
}

/** Microseconds since 1970-01-01 00:00. For the years 1 to 9999 they do not fit a double. */
function dateAndTimeText(micros: bigint, separator: string, style: FractionStyle): string | undefined {
  const perDay = BigInt(MICROS_PER_DAY);
  const ofDay = ((micros % perDay) + perDay) % perDay;
  const date = dateText(Number((micros - ofDay) / perDay));
  return date === undefined ? undefined : `${date}${separator}${timeText(Number(ofDay), style)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
