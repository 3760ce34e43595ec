/** Integers of every width and meaning as text. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../../src/domain/column-type.ts';
import { integerText } from '../../../../src/workers/statistics/integer-text.ts';
import { columnVector, type CellValue } from '../../../support/column-batches.ts';

const SEED = 20_260_115;
/** Random values take half a second, on a busy machine several times as long. */
const TIMEOUT_MS = 60_000;
const MICROS_PER_DAY = 86_400_000_000n;

function textOf(type: ColumnType, cell: CellValue): string | undefined {
  const vector = columnVector(type, [null, cell]);
  if (vector.layout !== 'integer') throw new TypeError('not a column of integers');
  return integerText(type, vector, 1);
}

describe('INT64', () => {
  const around = [0, 31, 32, 52, 53, 54, 62].flatMap((bits) => [2n ** BigInt(bits) - 1n, 2n ** BigInt(bits)]);
  const edges = [...around.flatMap((value) => [value, -value, -value - 1n]), 2n ** 63n - 1n, -(2n ** 63n)];

  it.each(edges)('%d', (value) => {
    expect(textOf({ kind: 'int64' }, value)).toBe(String(value));
  });

  it(
    'is exact for any number',
    () => {
      const property = fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        expect(textOf({ kind: 'int64' }, value)).toBe(String(value));
      });

      fc.assert(property, { seed: SEED, numRuns: 1_000 });
    },
    TIMEOUT_MS,
  );
});

describe('NUMERIC', () => {
  it.each([
    ['0', '0'],
    ['0.000', '0'],
    ['7', '7'],
    ['-7', '-7'],
    ['100', '100'],
    ['0.1', '0.1'],
    ['-0.1', '-0.1'],
    ['0.000000001', '0.000000001'],
    ['-10.050', '-10.05'],
    ['9007199.254740993', '9007199.254740993'],
    ['99999999999999999999999999999.999999999', '99999999999999999999999999999.999999999'],
  ])('%s', (decimal, expected) => {
    expect(textOf({ kind: 'numeric', scale: 9, words: 4 }, decimal)).toBe(expected);
  });

  it('keeps the zeros of a whole number without a scale', () => {
    expect(textOf({ kind: 'numeric', scale: 0, words: 4 }, '1200')).toBe('1200');
  });

  it.each([4, 8] as const)(
    'reads back as the same number of units, %d words',
    (words) => {
      const scale = words === 4 ? 9 : 38;
      const limit = 2n ** BigInt(32 * words - 1);
      const property = fc.property(fc.bigInt(-limit, limit - 1n), (units) => {
        const magnitude = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
        const decimal = `${units < 0n ? '-' : ''}${magnitude.slice(0, -scale)}.${magnitude.slice(-scale)}`;

        const text = textOf({ kind: 'numeric', scale, words }, decimal) ?? '';

        const [whole = '', fraction = ''] = text.split('.');
        expect(BigInt(whole + fraction.padEnd(scale, '0'))).toBe(units);
        expect(text).toMatch(/^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/);
      });

      fc.assert(property, { seed: SEED, numRuns: 1_000 });
    },
    TIMEOUT_MS,
  );
});

describe('DATE', () => {
  it.each([
    [0, '1970-01-01'],
    [-1, '1969-12-31'],
    [11_016, '2000-02-29'],
    [-719_162, '0001-01-01'],
    [2_932_896, '9999-12-31'],
    [-719_163, undefined],
    [2_932_897, undefined],
    [-(2 ** 31), undefined],
    [2 ** 31 - 1, undefined],
  ])('day %d is %s', (days, expected) => {
    expect(textOf({ kind: 'date' }, days)).toBe(expected);
  });
});

describe('TIME', () => {
  it.each([
    [0n, '00:00:00'],
    [1n, '00:00:00.000001'],
    [59_000_000n, '00:00:59'],
    [3_599_999_999n, '00:59:59.999999'],
    [MICROS_PER_DAY - 1n, '23:59:59.999999'],
    [MICROS_PER_DAY, undefined],
    [-1n, undefined],
  ])('microsecond %d is %s', (micros, expected) => {
    expect(textOf({ kind: 'time' }, micros)).toBe(expected);
  });
});

describe('DATETIME and TIMESTAMP', () => {
  it.each([
    [0n, '1970-01-01T00:00:00', '1970-01-01 00:00:00 UTC'],
    [-1n, '1969-12-31T23:59:59.999999', '1969-12-31 23:59:59.999999 UTC'],
    [100_000n, '1970-01-01T00:00:00.100000', '1970-01-01 00:00:00.1 UTC'],
    [-62_135_596_800_000_000n, '0001-01-01T00:00:00', '0001-01-01 00:00:00 UTC'],
    [253_402_300_799_999_999n, '9999-12-31T23:59:59.999999', '9999-12-31 23:59:59.999999 UTC'],
    [-62_135_596_800_000_001n, undefined, undefined],
    [253_402_300_800_000_000n, undefined, undefined],
    [2n ** 63n - 1n, undefined, undefined],
  ])('microsecond %d is %s and %s', (micros, datetime, timestamp) => {
    expect(textOf({ kind: 'datetime' }, micros)).toBe(datetime);
    expect(textOf({ kind: 'timestamp' }, micros)).toBe(timestamp);
  });
});
