/** Values in replies of the REST API: what is no plain notation of the type is refused, the rest is written as it came. */
import { restRows } from '../../../src/adapters/bigquery/rest-rows.ts';
import type { ColumnType } from '../../../src/domain/column-type.ts';
import { RowEncoder } from '../../../src/workers/statistics/row-encoder.ts';
import { fuzzTarget, mustEqual, mustHold, unlessRefused } from '../target.ts';

interface Cell {
  readonly type: ColumnType;
  readonly value: unknown;
}

const TYPES: readonly ColumnType[] = [
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
  { kind: 'string' },
];
const PIECES = [
  '0',
  '1',
  '9',
  '-',
  '+',
  '.',
  ':',
  ' ',
  'T',
  'e',
  'E',
  'x',
  '=',
  'A',
  '/',
  'Infinity',
  'NaN',
  'true',
  '\n',
];
const SAMPLES = ['2026-02-28', '2026-02-30', '12:34:56', '12:34:56.789', '2024-02-29T00:00:00', '1768278600', '-1.5e3'];
const OTHERS: readonly unknown[] = [null, true, 5, -0.5, 2 ** 60, [], {}, [{ v: '1' }], { f: [{ v: '1' }] }];

export const restValues = fuzzTarget<Cell>({
  name: 'rest-values',
  about: "values in replies of BigQuery's REST API",
  quickInputs: 2_000,
  make: (random) => ({
    type: random.pick(TYPES),
    value: random.chance(0.1)
      ? random.pick(OTHERS)
      : random.mixture([...PIECES, ...SAMPLES], random.pick([1, 2, 6, 30])),
  }),
  check: ({ type, value }) => {
    const columns = [{ name: 'v', type }];
    const batch = unlessRefused(['STREAM_BROKEN'], () => restRows(columns, [{ f: [{ v: value }] }]));
    if (batch === undefined) return;
    const { bytes } = new RowEncoder(columns).encode(batch);
    const rows = JSON.parse(`[${Buffer.from(bytes).toString('utf8').slice(1)}]`) as { v: unknown }[];
    mustEqual(rows.length, 1, 'the number of rows');
    if (typeof value === 'string') checkWritten(type, value, rows[0]?.v);
  },
});

function checkWritten(type: ColumnType, text: string, written: unknown): void {
  switch (type.kind) {
    case 'int64':
      return mustEqual(written, String(BigInt(text)), 'an integer');
    case 'date':
    case 'bytes':
    case 'string':
      return mustEqual(written, text, 'a value that is written as it came');
    case 'float64':
      if (written !== null) mustEqual(written, Number(text) + 0, 'a number');
      return mustHold(written !== null || /^[+-]?inf|nan/i.test(text), 'only what is not finite becomes null');
    default:
      return mustHold(written !== null, 'a value stays one');
  }
}
