/** Random tables of every type of column, with the cells that are hard to write (for fast-check). */
import * as fc from 'fast-check';
import type { Column, ColumnType } from '../../../../src/domain/column-type.ts';
import type { CellValue } from '../../../support/column-batches.ts';

export interface RandomTable {
  readonly columns: readonly Column[];
  readonly batches: readonly RandomBatch[];
}

export interface RandomBatch {
  /** Cells in the order of the columns. */
  readonly rows: readonly (readonly CellValue[])[];
  readonly memory: 'plain' | 'sliced';
  /** Rows left out; undefined where none is. */
  readonly skip: Uint8Array | undefined;
}

/** Tables of one to six columns, read in one to three batches. */
export function randomTable(): fc.Arbitrary<RandomTable> {
  return randomColumns(6).chain((columns) =>
    fc.array(randomBatch(columns), { minLength: 1, maxLength: 3 }).map((batches) => ({ columns, batches })),
  );
}

function randomBatch(columns: readonly Column[]): fc.Arbitrary<RandomBatch> {
  const row = fc.tuple(...columns.map(({ type }) => cellOf(type)));
  const anyRows = fc.array(row, { maxLength: 20 });
  // Whole columns of NULL, the others as they come.
  const nullColumns = fc.array(fc.boolean(), { minLength: columns.length, maxLength: columns.length });
  const sparseRows = fc
    .tuple(anyRows, nullColumns)
    .map(([rows, isNull]) => rows.map((cells) => cells.map((cell, index) => (isNull[index] === true ? null : cell))));
  return fc.oneof({ weight: 3, arbitrary: anyRows }, { weight: 1, arbitrary: sparseRows }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      memory: fc.constantFrom('plain', 'sliced'),
      skip: fc.option(fc.uint8Array({ min: 0, max: 2, minLength: rows.length, maxLength: rows.length }), {
        nil: undefined,
      }),
    }),
  );
}

function randomColumns(maxLength: number): fc.Arbitrary<Column[]> {
  return fc.uniqueArray(fc.record({ name: randomName(), type: randomType() }), {
    minLength: 1,
    maxLength,
    selector: ({ name }) => name,
  });
}

function randomName(): fc.Arbitrary<string> {
  const odd = [
    '',
    '0',
    '10',
    '2',
    '007',
    '__proto__',
    'constructor',
    'toString',
    'a"b',
    'c\\d',
    'e\nf',
    '\u0000',
    'ключ',
  ];
  return fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 12 }));
}

const SIMPLE_TYPES: readonly ColumnType[] = [
  { kind: 'string' },
  { kind: 'float64' },
  { kind: 'int64' },
  { kind: 'numeric', scale: 9, words: 4 },
  { kind: 'numeric', scale: 0, words: 4 },
  { kind: 'numeric', scale: 38, words: 8 },
  { kind: 'bool' },
  { kind: 'timestamp' },
  { kind: 'datetime' },
  { kind: 'date' },
  { kind: 'time' },
  { kind: 'bytes' },
  { kind: 'json' },
];

function randomType(): fc.Arbitrary<ColumnType> {
  const { type } = fc.letrec<{ type: ColumnType; array: ColumnType; struct: ColumnType }>((tie) => ({
    type: fc.oneof(
      { depthSize: 'small' },
      { weight: 6, arbitrary: fc.constantFrom(...SIMPLE_TYPES) },
      { weight: 1, arbitrary: tie('array') },
      { weight: 1, arbitrary: tie('struct') },
    ),
    array: tie('type').map((element): ColumnType => ({ kind: 'array', element })),
    struct: fc
      .uniqueArray(fc.record({ name: randomName(), type: tie('type') }), {
        minLength: 1,
        maxLength: 3,
        selector: (field) => field.name,
      })
      .map((fields): ColumnType => ({ kind: 'struct', fields })),
  }));
  return type;
}

function cellOf(type: ColumnType): fc.Arbitrary<CellValue> {
  return fc.option(valueOf(type), { freq: 4, nil: null });
}

function valueOf(type: ColumnType): fc.Arbitrary<CellValue> {
  switch (type.kind) {
    case 'string':
      return randomText();
    case 'float64':
      return randomDouble();
    case 'bool':
      return fc.boolean();
    case 'int64':
      return fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-(2n ** 54n), 2n ** 54n), fc.bigInt(-9n, 9n));
    case 'numeric':
      return randomDecimal(type.words === 4 ? 38 - type.scale : 38, type.scale);
    case 'date':
      return fc.integer({ min: -719_162, max: 2_932_896 });
    case 'time':
      return fc.oneof(fc.bigInt(0n, 86_399_999_999n), wholeSeconds(0n, 86_399n));
    case 'datetime':
    case 'timestamp':
      return fc.oneof(
        fc.bigInt(-62_135_596_800_000_000n, 253_402_300_799_999_999n),
        wholeSeconds(-62_135_596_800n, 253_402_300_799n),
      );
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 });
    case 'json':
      return fc
        .tuple(fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), fc.integer({ min: 0, max: 3 }))
        .map(([value, indent]) => JSON.stringify(value, null, indent));
    case 'array':
      return fc.array(cellOf(type.element), { maxLength: 4 });
    case 'struct':
      return fc
        .tuple(...type.fields.map((field) => cellOf(field.type)))
        .map((cells) => Object.fromEntries(type.fields.map((field, index) => [field.name, cells[index]])));
  }
}

/** Text of all planes, lone surrogates, escapes anywhere, and bytes that are not UTF-8. */
function randomText(): fc.Arbitrary<string | Uint8Array> {
  const withEscapes = fc.string({
    unit: fc.constantFrom('a', 'b', '"', '\\', '\n', '\u0000', '\u001f', '\u007f', 'é'),
  });
  return fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('control', 'treatment-a', '', 'a name of more than sixteen bytes'),
    fc.string({ unit: 'binary', maxLength: 30 }),
    withEscapes,
    fc.uint8Array({ maxLength: 30 }),
    fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'x', '\u2028', '\ufeff') }),
  );
}

/** Doubles of every class, over-representing those that people count with. */
export function randomDouble(): fc.Arbitrary<number> {
  const powerOfTwo = fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent);
  const decimal = fc
    .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: -25, max: 25 }))
    .map(([digits, exponent]) => Number(`${digits}e${exponent}`));
  return fc.oneof(
    fc.double(),
    fc.double({ min: -20, max: 20, noNaN: true }),
    fc.double({ min: -1e-300, max: 1e-300, noNaN: true }),
    fc.maxSafeInteger(),
    fc.integer({ min: -100, max: 100 }),
    fc.tuple(powerOfTwo, fc.constantFrom(1, -1)).map(([value, sign]) => sign * value),
    fc.maxSafeInteger().map((value) => Math.trunc(value / 4) + 0.5),
    decimal,
    fc.constantFrom(
      0,
      -0,
      Number.NaN,
      Infinity,
      -Infinity,
      5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      1e21,
      1e-7,
    ),
  );
}

/** As plain decimal text, zeros at either end included. */
function randomDecimal(wholeDigits: number, fractionDigits: number): fc.Arbitrary<string> {
  const digits = (maxLength: number): fc.Arbitrary<string> =>
    fc.oneof(
      fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), maxLength }),
      fc.string({ unit: fc.constantFrom('0', '0', '0', '5'), maxLength }),
    );
  return fc
    .tuple(fc.constantFrom('', '-'), digits(wholeDigits), digits(fractionDigits))
    .map(([sign, whole, fraction]) => `${sign}${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`);
}

function wholeSeconds(least: bigint, most: bigint): fc.Arbitrary<bigint> {
  return fc.bigInt(least, most).map((seconds) => seconds * 1_000_000n);
}
