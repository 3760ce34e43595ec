/** How rows are put together from the columns of a batch, and batches behind each other. */
import { describe, expect, it } from 'vitest';
import type { ColumnBatch } from '../../../../src/domain/column-batch.ts';
import type { Column, ColumnType } from '../../../../src/domain/column-type.ts';
import { RowEncoder } from '../../../../src/workers/statistics/row-encoder.ts';
import { columnBatch, type CellValue } from '../../../support/column-batches.ts';

const STRING: ColumnType = { kind: 'string' };
const FLOAT64: ColumnType = { kind: 'float64' };
const INT64: ColumnType = { kind: 'int64' };
const NUMERIC: ColumnType = { kind: 'numeric', scale: 9, words: 4 };

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

describe('RowEncoder', () => {
  it('writes keys in the order of the columns, whatever they are called', () => {
    const names = ['b', '10', '2', '__proto__', '', 'a"b\\c\n', '\ud800', 'é'];
    const columns = names.map((name): Column => ({ name, type: STRING }));

    const row = rowsOf(columns, [names.map(() => 'x')]);

    const keys = ['b', '10', '2', '__proto__', '', String.raw`a\"b\\c\n`, '\ufffd', 'é'];
    expect(row).toBe(`,{${keys.map((key) => `"${key}":"x"`).join(',')}}`);
  });

  it('puts a comma before each row and leaves out the rows that are masked', () => {
    const columns: Column[] = [{ name: 'n', type: INT64 }];

    expect(rowsOf(columns, [[1n], [2n], [3n]], Uint8Array.of(0, 1, 0))).toBe(',{"n":"1"},{"n":"3"}');
    expect(rowsOf(columns, [[1n]], Uint8Array.of(1))).toBe('');
    expect(rowsOf(columns, [])).toBe('');
  });

  it('writes an empty text that is followed by few bytes, whatever their number up to the end of its column', () => {
    const columns: Column[] = [{ name: 'text', type: STRING }];
    for (const before of [0, 1, 16]) {
      for (let after = 0; after <= 40; after++) {
        const texts = ['b'.repeat(before), '', 'a'.repeat(after)];

        const rows = rowsOf(
          columns,
          texts.map((text) => [text]),
        );

        expect(rows).toBe(texts.map((text) => `,${JSON.stringify({ text })}`).join(''));
      }
    }
  });

  it('counts numbers that are not finite, nested ones too, but not those of rows left out', () => {
    const columns: Column[] = [
      { name: 'x', type: FLOAT64 },
      { name: 'xs', type: { kind: 'array', element: FLOAT64 } },
    ];
    const rows = [
      [Number.NaN, [1, Infinity]],
      [Infinity, [Number.NaN]],
      [1, [-Infinity, Number.NaN]],
      [null, null],
    ];

    const encoded = new RowEncoder(columns).encode(columnBatch(columns, rows), Uint8Array.of(0, 1, 0, 0));

    expect(encoded).toMatchObject({ rows: 3, nonFinite: 4 });
  });

  it('replaces text of which only the neighbours together are UTF-8', () => {
    const columns: Column[] = [{ name: 's', type: STRING }];

    expect(rowsOf(columns, [[Uint8Array.of(0xc3)], [Uint8Array.of(0xa9)]])).toBe(',{"s":"\ufffd"},{"s":"\ufffd"}');
  });

  it.each(['"', '\\', '\n', '\u0000', 'é'])('writes %j at any place of a text', (character) => {
    const columns: Column[] = [{ name: 's', type: STRING }];
    const texts = Array.from({ length: 40 }, (_, at) => `${'a'.repeat(at)}${character}${'b'.repeat(39 - at)}`);

    // Each alone, because one escape changes the way of the whole column.
    for (const text of texts) expect(rowOf(STRING, text)).toBe(JSON.stringify({ v: text }));
    expect(
      rowsOf(
        columns,
        texts.map((text) => [text]),
      ),
    ).toBe(texts.map((text) => `,${JSON.stringify({ s: text })}`).join(''));
  });

  it('writes texts of any length, from none to many words', () => {
    const columns: Column[] = [{ name: 's', type: STRING }];
    const texts = Array.from({ length: 80 }, (_, length) => 'x'.repeat(length));

    for (const order of [texts, texts.toReversed()]) {
      const expected = order.map((text) => `,${JSON.stringify({ s: text })}`).join('');
      expect(
        rowsOf(
          columns,
          order.map((text) => [text]),
        ),
      ).toBe(expected);
    }
  });

  it('writes texts of megabytes, plain and escaped', () => {
    const plain = 'é'.repeat(2_000_000);
    const escaped = '\u0001'.repeat(1_500_000);
    const columns: Column[] = [
      { name: 'plain', type: STRING },
      { name: 'escaped', type: STRING },
    ];

    const rows = rowsOf(columns, [
      ['', ''],
      [plain, escaped],
      [null, 'x'],
    ]);

    const objects = [
      { plain: '', escaped: '' },
      { plain, escaped },
      { plain: null, escaped: 'x' },
    ];
    expect(rows === objects.map((object) => `,${JSON.stringify(object)}`).join('')).toBe(true);
  });

  it('reads no further than it may where written values fill their buffer to the last byte', () => {
    const rows = Array.from({ length: 4096 }, (_, row) => [row < 1024 ? true : null]);

    expect(rowsOf([{ name: 'b', type: { kind: 'bool' } }], rows)).toBe(
      rows.map(([cell]) => `,{"b":${String(cell)}}`).join(''),
    );
  });

  it('writes the longest numbers in all columns of a batch', () => {
    const longest = -1.2345678901234567e-308;
    const columns = Array.from({ length: 20 }, (_, index): Column => ({ name: String(index), type: FLOAT64 }));
    const rows = Array.from({ length: 50 }, () => columns.map(() => longest));

    const row = `,{${columns.map(({ name }) => `"${name}":${longest}`).join(',')}}`;
    expect(rowsOf(columns, rows)).toBe(row.repeat(50));
  });

  it('writes a batch as if there had been none before, in the same memory', () => {
    const columns: Column[] = [
      { name: 's', type: STRING },
      { name: 'n', type: NUMERIC },
    ];
    const encoder = new RowEncoder(columns);

    const encode = (...rows: CellValue[][]) => encoder.encode(columnBatch(columns, rows)).bytes;

    const first = encode(['b"', '2.5'], ['c', null]);
    expect(textOf(first)).toBe(String.raw`,{"s":"b\"","n":"2.5"},{"s":"c","n":null}`);

    const second = encode(['a"', '1.5']);
    expect(textOf(second)).toBe(String.raw`,{"s":"a\"","n":"1.5"}`);
    expect(second.buffer).toBe(first.buffer);

    const third = encode(...Array.from({ length: 1000 }, () => ['long', '1.25']));
    expect(textOf(third)).toBe(',{"s":"long","n":"1.25"}'.repeat(1000));
  });

  it('writes numbers that return after others', () => {
    const columns: Column[] = [{ name: 'x', type: FLOAT64 }];
    const values = [
      0,
      0,
      0.95,
      0.95,
      -0,
      0,
      Number.NaN,
      0.95,
      1e-300,
      1e-300,
      0.95,
      ...Array.from({ length: 40 }, Math.sqrt),
    ];
    const doubles = [...values, ...values];

    const encoder = new RowEncoder(columns);
    const expected = doubles.map((x) => `,${JSON.stringify({ x })}`).join('');
    // Twice, because a batch must begin like the first.
    for (let turn = 0; turn < 2; turn++) {
      expect(
        textOf(
          encoder.encode(
            columnBatch(
              columns,
              doubles.map((x) => [x]),
            ),
          ).bytes,
        ),
      ).toBe(expected);
    }
  });
});

describe('a batch that does not fit the schema', () => {
  const columns: Column[] = [
    { name: 'a', type: STRING },
    { name: 'b', type: FLOAT64 },
  ];

  it('is refused when a column is missing', () => {
    const batch: ColumnBatch = columnBatch(columns.slice(0, 1), [['x']]);

    expect(() => new RowEncoder(columns).encode(batch)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it('is refused when a column has the memory of another type', () => {
    const { columns: vectors, rowCount } = columnBatch(columns, [['x', 1]]);
    const batch: ColumnBatch = { rowCount, columns: vectors.toReversed() };

    expect(() => new RowEncoder(columns).encode(batch)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
