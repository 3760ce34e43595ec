/** The row encoder: random schemas, text lengths around every width it copies by, buffers without a byte to spare. */
import type { Column, ColumnType } from '../../../src/domain/column-type.ts';
import { RowEncoder } from '../../../src/workers/statistics/row-encoder.ts';
import { columnBatch, type CellValue } from '../../support/column-batches.ts';
import { expectedRows } from '../../unit/workers/statistics/row-encoder-reference.ts';
import { cellMaker, LETTERS } from '../random-cells.ts';
import type { Random } from '../random.ts';
import { fuzzTarget, mustEqual } from '../target.ts';

interface Table {
  readonly columns: readonly Column[];
  readonly batches: readonly Batch[];
}

interface Batch {
  readonly rows: readonly (readonly CellValue[])[];
  readonly memory: 'plain' | 'sliced';
  readonly skip: Uint8Array | undefined;
}

export const encoder = fuzzTarget<Table>({
  name: 'encoder',
  about: 'columns to JSON rows, against JSON.stringify',
  quickInputs: 2_000,
  make: makeTable,
  check: ({ columns, batches }) => {
    const encoder = new RowEncoder(columns);
    for (const { rows, memory, skip } of batches) {
      const encoded = encoder.encode(columnBatch(columns, rows, { memory }), skip);
      const kept = rows.filter((_, row) => skip === undefined || skip[row] === 0);
      const expected = expectedRows(columns, kept);
      mustEqual(UTF8.decode(encoded.bytes), expected.text, 'the rows');
      mustEqual(encoded.rows, kept.length, 'the number of rows');
      mustEqual(encoded.nonFinite, expected.nonFinite, 'the number of values that are not finite');
    }
  },
});

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const SIMPLE_TYPES: readonly ColumnType[] = [
  { kind: 'float64' },
  { kind: 'int64' },
  { kind: 'numeric', scale: 9, words: 4 },
  { kind: 'numeric', scale: 38, words: 8 },
  { kind: 'bool' },
  { kind: 'timestamp' },
  { kind: 'datetime' },
  { kind: 'date' },
  { kind: 'time' },
  { kind: 'bytes' },
  { kind: 'json' },
];
const NAMES = ['', '0', '10', '__proto__', 'metric', 'a"b', 'c\\d', 'e\nf', '\u0000', 'ключ', '\ud800', 'lower_limit'];

function makeTable(random: Random): Table {
  const names = new Set(
    random.list(random.int(1, 5), () => random.pick(NAMES) + random.text(LETTERS, random.int(0, 9))),
  );
  const columns = [...names].map((name) => ({ name, type: typeOf(random, 2) }));
  const batches = random.list(random.int(1, 3), (): Batch => {
    const rowCount = random.pick([0, 1, 2, 3, 5, 9]);
    const makers = columns.map(({ type }) => cellMaker(random, type));
    const rows = random.list(rowCount, () => makers.map((make) => make()));
    return {
      rows,
      memory: random.pick(['plain', 'sliced']),
      skip: random.chance(0.3) ? Uint8Array.from(rows, () => random.int(0, 1)) : undefined,
    };
  });
  return { columns, batches };
}

function typeOf(random: Random, depth: number): ColumnType {
  if (random.chance(0.5)) return { kind: 'string' };
  if (depth === 0 || random.chance(0.8)) return random.pick(SIMPLE_TYPES);
  if (random.chance(0.5)) return { kind: 'array', element: typeOf(random, depth - 1) };
  const names = random.chance(0.5) ? ['x', '2', '1'] : ['y'];
  return { kind: 'struct', fields: names.map((name) => ({ name, type: typeOf(random, depth - 1) })) };
}
