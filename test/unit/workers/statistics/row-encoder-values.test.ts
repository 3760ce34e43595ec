/** The file format, value by value (spec: statistics, section 3). */
import { describe, expect, it } from 'vitest';
import type { Column, ColumnType } from '../../../../src/domain/column-type.ts';
import { RowEncoder } from '../../../../src/workers/statistics/row-encoder.ts';
import { columnBatch, type CellValue } from '../../../support/column-batches.ts';

const STRING: ColumnType = { kind: 'string' };
const FLOAT64: ColumnType = { kind: 'float64' };
const INT64: ColumnType = { kind: 'int64' };
const NUMERIC: ColumnType = { kind: 'numeric', scale: 9, words: 4 };
const BIGNUMERIC: ColumnType = { kind: 'numeric', scale: 38, words: 8 };
const JSON_TYPE: ColumnType = { kind: 'json' };

/** The text of one row with one column `v`, without the comma before it. */
function rowOf(type: ColumnType, cell: CellValue): string {
  return rowsOf([{ name: 'v', type }], [[cell]]).slice(1);
}

function rowsOf(columns: readonly Column[], rows: readonly (readonly CellValue[])[], skip?: Uint8Array): string {
  return textOf(new RowEncoder(columns).encode(columnBatch(columns, rows), skip).bytes);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

describe('a value of each type', () => {
  it.each<[string, ColumnType, CellValue, string]>([
    ['STRING', STRING, 'control', '"control"'],
    ['STRING, empty', STRING, '', '""'],
    ['STRING, short escapes', STRING, '"\\\b\t\n\f\r', String.raw`"\"\\\b\t\n\f\r"`],
    ['STRING, other control characters', STRING, '\u0000\u0001\u001f', String.raw`"\u0000\u0001\u001f"`],
    ['STRING, everything else raw', STRING, "/<>&'\u007f\u2028\u2029é😀", '"/<>&\'\u007f\u2028\u2029é😀"'],
    ['STRING with a byte order mark', STRING, '\ufeffa', '"\ufeffa"'],
    ['STRING that is not UTF-8', STRING, Uint8Array.of(0x61, 0xed, 0xa0, 0x80, 0x62), '"a\ufffd\ufffd\ufffdb"'],
    ['STRING, such a mark before what is not UTF-8', STRING, Uint8Array.of(0xef, 0xbb, 0xbf, 0xff), '"\ufeff\ufffd"'],
    ['FLOAT64, whole', FLOAT64, 1, '1'],
    ['FLOAT64, fraction', FLOAT64, 0.1 + 0.2, '0.30000000000000004'],
    ['FLOAT64, small', FLOAT64, 1e-7, '1e-7'],
    ['FLOAT64, last without an exponent', FLOAT64, 1e-6, '0.000001'],
    ['FLOAT64, large', FLOAT64, 1e21, '1e+21'],
    ['FLOAT64, last large without an exponent', FLOAT64, 123456789012345680000, '123456789012345680000'],
    ['FLOAT64, least of all', FLOAT64, 5e-324, '5e-324'],
    ['FLOAT64, greatest of all', FLOAT64, -Number.MAX_VALUE, '-1.7976931348623157e+308'],
    ['FLOAT64, -0', FLOAT64, -0, '0'],
    ['FLOAT64, NaN', FLOAT64, Number.NaN, 'null'],
    ['FLOAT64, ∞', FLOAT64, Infinity, 'null'],
    ['FLOAT64, −∞', FLOAT64, -Infinity, 'null'],
    ['INT64, small', INT64, 1n, '"1"'],
    ['INT64, least', INT64, -(2n ** 63n), '"-9223372036854775808"'],
    ['INT64, greatest', INT64, 2n ** 63n - 1n, '"9223372036854775807"'],
    ['NUMERIC, 0.5', NUMERIC, '0.5', '"0.5"'],
    ['NUMERIC, 10.5', NUMERIC, '10.500', '"10.5"'],
    ['NUMERIC, 0', NUMERIC, '0.000000000', '"0"'],
    ['NUMERIC, 100', NUMERIC, '100', '"100"'],
    ['NUMERIC, one unit below 0', NUMERIC, '-0.000000001', '"-0.000000001"'],
    [
      'NUMERIC, all digits',
      NUMERIC,
      '-99999999999999999999999999999.999999999',
      '"-99999999999999999999999999999.999999999"',
    ],
    ['BIGNUMERIC, one unit', BIGNUMERIC, `0.${'0'.repeat(37)}1`, `"0.${'0'.repeat(37)}1"`],
    [
      'BIGNUMERIC, the least',
      BIGNUMERIC,
      '-578960446186580977117854925043439539266.34992332820282019728792003956564819968',
      '"-578960446186580977117854925043439539266.34992332820282019728792003956564819968"',
    ],
    ['BOOL, true', { kind: 'bool' }, true, 'true'],
    ['BOOL, false', { kind: 'bool' }, false, 'false'],
    ['TIMESTAMP', { kind: 'timestamp' }, '2026-01-13 04:30:00 UTC', '"2026-01-13 04:30:00 UTC"'],
    ['TIMESTAMP, half a second', { kind: 'timestamp' }, '2026-01-13 04:30:00.500', '"2026-01-13 04:30:00.5 UTC"'],
    [
      'TIMESTAMP, a microsecond',
      { kind: 'timestamp' },
      '1969-12-31 23:59:59.999999',
      '"1969-12-31 23:59:59.999999 UTC"',
    ],
    ['DATE', { kind: 'date' }, '2026-01-13', '"2026-01-13"'],
    ['DATE, first', { kind: 'date' }, '0001-01-01', '"0001-01-01"'],
    ['DATE, last', { kind: 'date' }, '9999-12-31', '"9999-12-31"'],
    ['TIME', { kind: 'time' }, '04:30:00', '"04:30:00"'],
    ['TIME with a fraction', { kind: 'time' }, '04:30:00.5', '"04:30:00.500000"'],
    ['DATETIME', { kind: 'datetime' }, '2026-01-13T04:30:00', '"2026-01-13T04:30:00"'],
    ['DATETIME with a fraction', { kind: 'datetime' }, '2026-01-13T04:30:00.5', '"2026-01-13T04:30:00.500000"'],
    ['BYTES', { kind: 'bytes' }, Uint8Array.of(0xff, 0x00, 0xfe, 0x3f), '"/wD+Pw=="'],
    ['BYTES, none', { kind: 'bytes' }, new Uint8Array(0), '""'],
    ['JSON', JSON_TYPE, '{ "b": [1, 2.50, null], "a": "x y" }', '{"b":[1,2.50,null],"a":"x y"}'],
    ['JSON null', JSON_TYPE, 'null', 'null'],
    ['ARRAY', { kind: 'array', element: INT64 }, [1n, null, -2n], '["1",null,"-2"]'],
    ['ARRAY, empty', { kind: 'array', element: STRING }, [], '[]'],
    [
      'STRUCT',
      {
        kind: 'struct',
        fields: [
          { name: 'b', type: { kind: 'array', element: FLOAT64 } },
          { name: '1"', type: STRING },
        ],
      },
      { b: [Number.NaN, 1.5], '1"': 'a\nb' },
      String.raw`{"b":[null,1.5],"1\"":"a\nb"}`,
    ],
    [
      'STRUCT of NULLs',
      {
        kind: 'struct',
        fields: [
          { name: 'a', type: { kind: 'array', element: STRING } },
          { name: 'b', type: INT64 },
        ],
      },
      {},
      '{"a":[],"b":null}',
    ],
  ])('%s', (_, type, cell, expected) => {
    expect(rowOf(type, cell)).toBe(`{"v":${expected}}`);
  });

  it.each<[string, ColumnType, string]>([
    ['STRING', STRING, 'null'],
    ['FLOAT64', FLOAT64, 'null'],
    ['INT64', INT64, 'null'],
    ['JSON', JSON_TYPE, 'null'],
    ['STRUCT', { kind: 'struct', fields: [{ name: 'a', type: STRING }] }, 'null'],
    ['ARRAY', { kind: 'array', element: STRING }, '[]'],
  ])('NULL of %s', (_, type, expected) => {
    expect(rowOf(type, null)).toBe(`{"v":${expected}}`);
  });
});

describe('a value without a place in the format', () => {
  it.each<[string, ColumnType, CellValue, string]>([
    [
      'JSON that is not JSON',
      JSON_TYPE,
      '{a: 1}',
      'Column "v" (JSON) has a value that cannot be written: its text is not JSON.',
    ],
    ['DATE after the year 9999', { kind: 'date' }, 2_932_897, 'it is no DATE of the years 1 to 9999'],
    ['TIME of a second day', { kind: 'time' }, 86_400_000_000n, 'it is no TIME'],
    ['such a value in an ARRAY', { kind: 'array', element: JSON_TYPE }, ['1', '}'], 'Column "v" (ARRAY<JSON>)'],
  ])('is refused with its column: %s', (_, type, cell, message) => {
    expect(() => rowOf(type, cell)).toThrow(
      expect.objectContaining({ code: 'VALUE_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('is not looked at in a row left out', () => {
    const columns: Column[] = [{ name: 'v', type: JSON_TYPE }];

    expect(rowsOf(columns, [['}'], ['1']], Uint8Array.of(1, 0))).toBe(',{"v":1}');
  });
});
