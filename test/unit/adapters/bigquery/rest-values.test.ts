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
    [{ kind: 'time' }, '4:30'],
  ])('refuse %o %j', (type, text) => {
    expect(() => integerOf(type, text)).toThrow(expect.objectContaining({ code: 'STREAM_BROKEN' }));
  });

  it('refuse a number that its column cannot hold', () => {
    const tooLarge = [{ f: [{ v: `1${'0'.repeat(40)}` }] }];

    expect(() => restRows([{ name: 'n', type: NUMERIC }], tooLarge)).toThrow('NUMERIC');
  });

  it.each([
    ['a row without cells', {}],
    ['too few cells', { f: [] }],
    ['a list where a text is due', { f: [{ v: [] }] }],
  ])('refuse %s', (_, row) => {
    expect(() => restRows([{ name: 's', type: STRING }], [row])).toThrow(
      expect.objectContaining({ code: 'STREAM_BROKEN' }),
    );
  });
});
