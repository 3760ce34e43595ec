import { describe, expect, it } from 'vitest';
import type { ArrowField, ArrowType } from '../../../../src/adapters/bigquery/arrow-messages.ts';
import { arrowColumns, restColumns } from '../../../../src/adapters/bigquery/column-types.ts';

function arrow(name: string, type: Partial<ArrowType> = {}, more: Partial<ArrowField> = {}): ArrowField {
  const plain = { name, bits: 0, scale: 0, unit: 0, isSigned: false, hasZone: false };
  return { name: 'c', type: { ...plain, ...type }, children: [], extension: undefined, ...more };
}

describe('column types', () => {
  it.each([
    ['FLOAT64', { kind: 'float64' }],
    ['FLOAT', { kind: 'float64' }],
    ['INT64', { kind: 'int64' }],
    ['BOOL', { kind: 'bool' }],
    ['BIGNUMERIC', { kind: 'numeric', scale: 38, words: 8 }],
    ['json', { kind: 'json' }],
  ])('of the API: %s', (type, expected) => {
    expect(restColumns([{ name: 'c', type }])).toEqual([{ name: 'c', type: expected }]);
    expect(restColumns([{ name: 'c', type, mode: 'REPEATED' }])).toEqual([
      { name: 'c', type: { kind: 'array', element: expected } },
    ]);
  });

  it.each(['GEOGRAPHY', 'INTERVAL', 'RANGE', 'FOREIGN'])('of the API that have no place: %s', (type) => {
    const nested = { name: 's', type: 'RECORD', fields: [{ name: 'odd', type, mode: 'REPEATED' }] };
    const unsupported = (text: string) =>
      expect.objectContaining({ code: 'COLUMN_TYPE_UNSUPPORTED', message: expect.stringContaining(text) }) as Error;

    expect(() => restColumns([{ name: 'odd', type }])).toThrow(unsupported(`"odd" has the type ${type},`));
    expect(() => restColumns([nested])).toThrow(unsupported(`"s" has the type STRUCT<odd ARRAY<${type}>>,`));
  });

  it.each<[ArrowField, object]>([
    [arrow('Utf8'), { kind: 'string' }],
    [arrow('Utf8', {}, { extension: 'google:sqlType:json' }), { kind: 'json' }],
    [arrow('Timestamp', { unit: 2, hasZone: true }), { kind: 'timestamp' }],
    [arrow('Timestamp', { unit: 2 }, { extension: 'google:sqlType:datetime' }), { kind: 'datetime' }],
    [arrow('Decimal', { bits: 128, scale: 9 }), { kind: 'numeric', scale: 9, words: 4 }],
    [arrow('Decimal', { bits: 256, scale: 38 }), { kind: 'numeric', scale: 38, words: 8 }],
    [arrow('Int', { bits: 64, isSigned: true }), { kind: 'int64' }],
    [arrow('Time', { bits: 64, unit: 2 }), { kind: 'time' }],
    [arrow('List', {}, { children: [arrow('Bool')] }), { kind: 'array', element: { kind: 'bool' } }],
    [
      // The extension may stand at the list; it is meant of the elements.
      arrow('List', {}, { extension: 'google:sqlType:json', children: [arrow('Utf8')] }),
      { kind: 'array', element: { kind: 'json' } },
    ],
    [
      arrow('Struct', {}, { children: [arrow('Date')] }),
      { kind: 'struct', fields: [{ name: 'c', type: { kind: 'date' } }] },
    ],
  ])('of Arrow', (field, type) => {
    expect(arrowColumns([field])).toEqual([{ name: 'c', type }]);
  });

  it.each<[string, ArrowField]>([
    ['GEOGRAPHY', arrow('Utf8', {}, { extension: 'google:sqlType:geography' })],
    ['Interval', arrow('Interval')],
    ['Int32', arrow('Int', { bits: 32, isSigned: true })],
    ['Timestamp', arrow('Timestamp', { unit: 3 })],
    ['FloatingPoint', arrow('FloatingPoint', { unit: 1 })],
    ['ARRAY<Null', arrow('List', {}, { children: [arrow('Null')] })],
  ])('of Arrow that have no place: %s', (name, field) => {
    expect(() => arrowColumns([field])).toThrow(`"c" has the type ${name}`);
  });
});
