/** Cells of every type for random tables, with those that are hard to write. */
import type { ColumnType } from '../../src/domain/column-type.ts';
import type { CellValue } from '../support/column-batches.ts';
import type { Random } from './random.ts';

/** Plain letters most of all: only columns without escapes are copied in words. */
export const LETTERS = ['a', 'b', 'z', ' ', 'é', '→', '😀'];
const ODD_LETTERS = [...LETTERS, '"', '\\', '\n', '\u0000', '\u001f', '\u007f', '\u2028', '\ud83d', '\ufeff'];
const JSON_TEXTS = ['null', '{"a": [1, null, "x"]}', '"\\u00e9"', '[ ]', '-0.5', '{"\\ud83d\\ude00":"\u2028"}'];
const ODD_DOUBLES = [0, -0, Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 1e21, 1e-7, 2 ** 53, 0.1];

/** Cells of one column of one batch: they are alike, as in a table, so that whole columns are plain, or of one value. */
export function cellMaker(random: Random, type: ColumnType): () => CellValue {
  const nulls = random.pick([0, 0, 0.2, 1]);
  const make = type.kind === 'string' ? textMaker(random) : (): CellValue => valueOf(random, type);
  const repeated = random.chance(0.15) ? make() : undefined;
  return () => (random.chance(nulls) ? null : (repeated ?? make()));
}

/** Lengths around every width by which text is copied, and empty ones among them. */
function textMaker(random: Random): () => CellValue {
  const letters = random.pick([['a'], ['a'], LETTERS, ODD_LETTERS]);
  const isBytes = random.chance(0.05);
  return () => {
    const length = random.chance(0.25) ? 0 : random.chance(0.6) ? random.pick(WIDTHS) : random.int(0, 40);
    return isBytes ? random.bytes(length) : random.text(letters, length);
  };
}

const WIDTHS = [1, 7, 8, 9, 14, 15, 16, 17, 23, 24, 25, 31, 32, 33, 39, 40];

function valueOf(random: Random, type: ColumnType): CellValue {
  switch (type.kind) {
    case 'string':
      return textMaker(random)();
    case 'float64':
      return doubleOf(random);
    case 'bool':
      return random.chance(0.5);
    case 'int64':
      return BigInt.asIntN(random.pick([4, 31, 32, 33, 53, 54, 64]), random.long());
    case 'numeric':
      return decimalOf(random, type.words === 4 ? 38 - type.scale : 38, type.scale);
    case 'date':
      return random.int(-719_162, 2_932_896);
    case 'time':
      return BigInt(random.int(0, 86_399_999_999));
    case 'datetime':
    case 'timestamp':
      return BigInt(random.int(-62_135_596_800, 253_402_300_799)) * 1_000_000n + BigInt(random.pick([0, 1, 500_000]));
    case 'bytes':
      return random.bytes(random.int(0, 40));
    case 'json':
      return random.pick(JSON_TEXTS);
    case 'array':
      return random.list(random.int(0, 3), () => (random.chance(0.2) ? null : valueOf(random, type.element)));
    case 'struct': {
      const cells = type.fields.map(({ name, type }) => [name, random.chance(0.2) ? null : valueOf(random, type)]);
      return Object.fromEntries(cells) as CellValue;
    }
  }
}

function doubleOf(random: Random): number {
  switch (random.int(0, 4)) {
    case 0:
      return random.pick(ODD_DOUBLES);
    case 1:
      return random.int(-1000, 1000) / random.pick([1, 2, 8, 10, 100, 1000]);
    case 2:
      return Number(`${random.int(-999_999_999, 999_999_999)}e${random.int(-30, 30)}`);
    case 3:
      return random.word() / 2 ** 32;
    default:
      return new Float64Array(new Uint32Array([random.word(), random.word()]).buffer)[0] ?? 0;
  }
}

function decimalOf(random: Random, wholeDigits: number, scale: number): string {
  const digits = (most: number): string => random.text(['0', '0', '5', '9'], random.int(0, most));
  const fraction = digits(scale);
  const whole = digits(wholeDigits) || '0';
  return `${random.chance(0.4) ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
