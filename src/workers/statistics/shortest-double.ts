/**
 * The shortest decimal digits that read back as the same double, without bigints: in the range of everyday numbers,
 * everything is exact in pairs of doubles. About four times as fast as `'' + x`.
 *
 * x is scaled to x·10^s, an integer of 16 or 17 digits and a fraction. Every number nearer to that than half a unit in
 * the last place (also scaled) reads back as x. If a multiple of ten is among them, it is the shortest; if not, the
 * nearest integer is. The scale s is the least for which the interval holds an integer at all, and so never two
 * multiples of ten.
 */

/** Doubles, and the same memory as pairs of 32-bit words, low word first. */
export interface Doubles {
  readonly values: Float64Array;
  readonly words: Int32Array;
}

/** Bytes that `writeShortest` may touch from its first one on; those after the number are undefined. */
export const SHORTEST_REACH_BYTES = 32;

/** Below 2^-19 JavaScript soon writes an exponent; from 2^53 on, not every integer is a double. */
const LEAST_EXPONENT = 1023 - 19;
const GREATEST_EXPONENT = 1023 + 52;
const EXPONENTS = GREATEST_EXPONENT - LEAST_EXPONENT + 1;

/** Splits a double into two halves of 26 bits, whose products are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const ZERO_POINT_ZERO_ZERO = 0x30302e30;
const FOUR_ZEROS = 0x30303030;

/** Per exponent: s, 10^s with its two halves, and half a unit in the last place times 10^s. */
const SCALE = new Uint8Array(EXPONENTS);
const POWER = new Float64Array(EXPONENTS);
const POWER_HIGH = new Float64Array(EXPONENTS);
const POWER_LOW = new Float64Array(EXPONENTS);
const HALF_UNIT = new Float64Array(EXPONENTS);

/** The four digits of each number below 10,000, as the little-endian word of their characters. */
const FOUR_DIGITS = new Int32Array(10_000);

for (let index = 0; index < EXPONENTS; index++) {
  const unit = 2 ** (LEAST_EXPONENT + index - 1023 - 52);
  let scale = 0;
  while (unit * 10 ** scale < 1) scale++;
  const power = 10 ** scale;
  const carried = SPLITTER * power;
  SCALE[index] = scale;
  POWER[index] = power;
  POWER_HIGH[index] = carried - (carried - power);
  POWER_LOW[index] = power - POWER_HIGH[index]!;
  HALF_UNIT[index] = (unit / 2) * power;
}

for (let number = 0; number < 10_000; number++) {
  const thousands = (number / 1000) | 0;
  const hundreds = ((number / 100) | 0) % 10;
  const tens = ((number / 10) | 0) % 10;
  FOUR_DIGITS[number] = FOUR_ZEROS + thousands + (hundreds << 8) + (tens << 16) + ((number % 10) << 24);
}

/**
 * Writes `doubles.values[index]` at `at`, as `'' + x` would, and returns the end. Returns -1 for values that need `'' + x`:
 * zero, powers of two, below 2^-19 or from 2^53 on, exact ties, NaN and the infinities.
 *
 * Takes an index because V8 allocates a heap number for each double passed to a function. `| 0` and `Math.imul` are for V8
 * too: with doubles, the integer steps take a fifth longer.
 */
export function writeShortest(doubles: Doubles, index: number, out: DataView, at: number): number {
  const low = doubles.words[2 * index]!;
  const high = doubles.words[2 * index + 1]!;
  const exponent = ((high >>> 20) & 0x7ff) - LEAST_EXPONENT;
  // At a power of two the lower neighbour is nearer than the upper one, so the interval is not symmetric.
  if (exponent < 0 || exponent >= EXPONENTS || ((high & 0xfffff) | low) === 0) return -1;

  // product + error = x·10^s exactly (Dekker). The product is at least 2^52, and so an integer.
  const x = Math.abs(doubles.values[index]!);
  const product = x * POWER[exponent]!;
  const carried = SPLITTER * x;
  const xHigh = carried - (carried - x);
  const xLow = x - xHigh;
  const powerHigh = POWER_HIGH[exponent]!;
  const powerLow = POWER_LOW[exponent]!;
  const error = xHigh * powerHigh - product + xHigh * powerLow + xLow * powerHigh + xLow * powerLow;

  // top·10^8 + bottom + fraction = x·10^s
  const errorFloor = Math.floor(error);
  const fraction = error - errorFloor;
  let top = (product * 1e-8) | 0;
  let bottom = (product - top * 1e8 + errorFloor) | 0;
  if (bottom < 0) {
    bottom += 100_000_000;
    top -= 1;
  } else if (bottom >= 100_000_000) {
    bottom -= 100_000_000;
    top += 1;
  }

  const halfUnit = HALF_UNIT[exponent]!;
  const lastDigit = (bottom % 10) | 0;
  const toTenBelow = halfUnit - lastDigit;
  const toTenAbove = 10 - lastDigit - halfUnit;
  // No multiple of ten lies exactly on a bound of the interval: that is an odd multiple of unit/2·10^s, and s is at most
  // the exponent of the unit's 1/2^e, so it holds no factor of two. Ties need no rule here.
  let endsInZero = true;
  if (fraction < toTenBelow) {
    bottom -= lastDigit;
  } else if (fraction > toTenAbove) {
    bottom += 10 - lastDigit;
    if (bottom === 100_000_000) {
      bottom = 0;
      top += 1;
    }
  } else if (fraction === 0.5) {
    return -1;
  } else {
    if (fraction > 0.5) bottom += 1; // Never gives a multiple of ten: that was checked above.
    endsInZero = false;
  }

  let end = at;
  if (high < 0) out.setUint8(end++, MINUS);
  const digits = top >= 100_000_000 ? 17 : 16;
  const digitsBeforePoint = digits - SCALE[exponent]!;
  const first = end;
  if (digitsBeforePoint > 0) {
    end += 1; // Room to move these digits to the left, and the point behind them.
  } else {
    out.setInt32(end, ZERO_POINT_ZERO_ZERO, true);
    out.setInt32(end + 4, FOUR_ZEROS, true);
    end += 2 - digitsBeforePoint;
  }
  if (digits === 17) {
    const leading = (top / 100_000_000) | 0;
    out.setUint8(end++, ZERO + leading);
    top -= Math.imul(leading, 100_000_000);
  }
  const topHalf = (top / 10_000) | 0;
  const bottomHalf = (bottom / 10_000) | 0;
  out.setInt32(end, FOUR_DIGITS[topHalf]!, true);
  out.setInt32(end + 4, FOUR_DIGITS[top - Math.imul(topHalf, 10_000)]!, true);
  out.setInt32(end + 8, FOUR_DIGITS[bottomHalf]!, true);
  out.setInt32(end + 12, FOUR_DIGITS[bottom - Math.imul(bottomHalf, 10_000)]!, true);
  end += 16;
  if (digitsBeforePoint > 0) {
    const point = first + digitsBeforePoint;
    for (let place = first; place < point; place++) out.setUint8(place, out.getUint8(place + 1));
    out.setUint8(point, POINT);
  }
  if (endsInZero) while (out.getUint8(end - 1) === ZERO) end--;
  return out.getUint8(end - 1) === POINT ? end - 1 : end;
}
