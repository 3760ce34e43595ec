import { describe, expect, it } from 'vitest';
import { restRows } from '../../../../src/adapters/bigquery/rest-rows.ts';
import { doubleOf, integerOf } from '../../../../src/adapters/bigquery/rest-values.ts';
import type { ColumnType } from '../../../../src/domain/column-type.ts';

const NUMERIC: ColumnType = { kind: 'numeric', scale: 9, words: 4 };
const STRING: ColumnType = { kind: 'string' };

describe('values of the REST API', () => {
  it.each([
    ['1.5', 1.5],
    ['-0', -0],
    ['1e-7', 1e-7],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
  ])('read %s as a FLOAT64', (text, value) => {
    expect(doubleOf(text)).toBe(value);
  });

  it.each<[ColumnType, string, number | bigint]>([
    [{ kind: 'int64' }, '-9223372036854775808', -(2n ** 63n)],
    [{ kind: 'int64' }, '42', 42],
    [NUMERIC, '0.5', 500_000_000],
    [NUMERIC, '-0.000000001', -1],
    [NUMERIC, '1e3', 1_000_000_000_000],
    [NUMERIC, '1.50', 1_500_000_000],
    [{ kind: 'date' }, '1969-12-31', -1],
    [{ kind: 'time' }, '23:59:59.5', 86_399_500_000],
    [{ kind: 'datetime' }, '1970-01-01T00:00:01.000001', 1_000_001n],
    [{ kind: 'timestamp' }, '1768278600500000', 1_768_278_600_500_000],
    [{ kind: 'timestamp' }, '1768278600.5', 1_768_278_600_500_000],
    [{ kind: 'timestamp' }, '1.7682786005E9', 1_768_278_600_500_000],
  ])('read %o %s', (type, text, value) => {
    expect(integerOf(type, text)).toBe(value);
  });

  it.each<[ColumnType, string]>([
    [{ kind: 'int64' }, '1.5'],
    [{ kind: 'int64' }, ''],
    [NUMERIC, '0.0000000001'],
    [NUMERIC, '1e999999999'],
    [NUMERIC, 'x'],
    [NUMERIC, ''],
    [{ kind: 'date' }, '2026-02-30T00'],
    [{ kind: 'date' }, '2026-13-01'],
    [{ kind: 'date' }, '2026-02-30'],
    [{ kind: 'date' }, '2025-02-29'],
    [{ kind: 'date' }, '0000-01-01'],
    [{ kind: 'date' }, ' 2026-01-01'],
    [{ kind: 'time' }, '4:30'],
    [{ kind: 'time' }, '24:00:00'],
    [{ kind: 'time' }, '12:60:00'],
    [{ kind: 'time' }, '12:00:60'],
    [{ kind: 'time' }, '12:00:00.'],
    [{ kind: 'time' }, '12:00:00.1234567'],
    [{ kind: 'datetime' }, '2026-02-30T00:00:00'],
    [{ kind: 'datetime' }, '2026-01-01T00:00:00 UTC'],
    [{ kind: 'datetime' }, '2026-01-01'],
    [{ kind: 'int64' }, '0x1F'],
    [{ kind: 'int64' }, '0b11'],
    [{ kind: 'int64' }, '1e3'],
    [{ kind: 'int64' }, ' 5 '],
    [{ kind: 'int64' }, '5\n'],
    [{ kind: 'int64' }, '+5'],
    [{ kind: 'int64' }, 'Infinity'],
    [{ kind: 'int64' }, '9223372036854775808'],
    [{ kind: 'int64' }, '-9223372036854775809'],
    [NUMERIC, ' 5'],
    [NUMERIC, '0x1F'],
    [NUMERIC, '.'],
    [NUMERIC, 'e3'],
    [NUMERIC, 'NaN'],
    [NUMERIC, '1e130'],
    [NUMERIC, '0'.repeat(121)],
    [{ kind: 'timestamp' }, ''],
    [{ kind: 'timestamp' }, '0x1F'],
    [{ kind: 'timestamp' }, '253402300800000000'],
    [{ kind: 'timestamp' }, '-62135596800000001'],
    [{ kind: 'timestamp' }, '1e12'],
  ])('refuse %o %j', (type, text) => {
    expect(() => integerOf(type, text)).toThrow(expect.objectContaining({ code: 'STREAM_BROKEN' }));
  });

  it.each([
    '',
    ' ',
    ' 5 ',
    '5\n',
    '0x1F',
    '0b1',
    '1_000',
    '1e999',
    '-1e999',
    '.',
    'e5',
    '1,5',
    'Infinite',
    '1'.repeat(121),
  ])('refuse %j as a FLOAT64', (text) => {
    expect(() => doubleOf(text)).toThrow(expect.objectContaining({ code: 'STREAM_BROKEN' }));
  });

  it.each(['A', 'AB', 'ABC', 'AB=', 'A===', 'AB==CD==', '0A/=', 'AB==', 'AB C', 'AB\n=', '-_-_', 'é==='])(
    'refuse %j as BYTES',
    (text) => {
      expect(() => restRows([{ name: 'b', type: { kind: 'bytes' } }], [{ f: [{ v: text }] }])).toThrow(
        expect.objectContaining({ code: 'STREAM_BROKEN' }),
      );
    },
  );

  it('refuse an integer without quotes that a double cannot hold', () => {
    const columns = [{ name: 'n', type: { kind: 'int64' } as const }];

    expect(() => restRows(columns, [{ f: [{ v: 2 ** 53 + 2 }] }])).toThrow('INT64');
    expect(restRows(columns, [{ f: [{ v: 7 }] }]).rowCount).toBe(1);
  });

  it('refuse a number that its column cannot hold', () => {
    const tooLarge = [{ f: [{ v: `1${'0'.repeat(40)}` }] }];

    expect(() => restRows([{ name: 'n', type: NUMERIC }], tooLarge)).toThrow('NUMERIC');
  });

  it.each([
    ['a row without cells', {}],
    ['too few cells', { f: [] }],
    ['a cell without a value', { f: [{}] }],
    ['a value without a cell', { f: ['x'] }],
    ['a list where a text is due', { f: [{ v: [] }] }],
  ])('refuse %s', (_, row) => {
    expect(() => restRows([{ name: 's', type: STRING }], [row])).toThrow(
      expect.objectContaining({ code: 'STREAM_BROKEN' }),
    );
  });
});
