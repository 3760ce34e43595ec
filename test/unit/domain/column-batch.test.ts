import { expect, it } from 'vitest';
import { isValid } from '../../../src/domain/column-batch.ts';
import { columnTypeName } from '../../../src/domain/column-type.ts';
import { KEY_COLUMNS, ORDER_COLUMNS } from '../../../src/domain/row-order.ts';

it('a row holds a value where its bit is set, least significant first, or where there are no bits', () => {
  const bits = Uint8Array.of(0b0000_0101, 0b1000_0000);

  expect([0, 1, 2, 7, 15, 16].map((row) => isValid(bits, row))).toEqual([true, false, true, false, true, false]);
  expect(isValid(undefined, 1000)).toBe(true);
});

it('a type is named as BigQuery names it', () => {
  const struct = {
    kind: 'struct',
    fields: [
      { name: 'a', type: { kind: 'int64' } },
      { name: 'b', type: { kind: 'numeric', scale: 38, words: 8 } },
    ],
  } as const;

  expect(columnTypeName({ kind: 'array', element: struct })).toBe('ARRAY<STRUCT<a INT64, b BIGNUMERIC>>');
  expect(columnTypeName({ kind: 'numeric', scale: 9, words: 4 })).toBe('NUMERIC');
});

it('rows of one key stand together, because the order begins with the key', () => {
  expect(ORDER_COLUMNS.slice(0, KEY_COLUMNS.length)).toEqual(KEY_COLUMNS);
  expect(ORDER_COLUMNS).toHaveLength(13);
});
