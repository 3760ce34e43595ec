/** Batches with the columns, the NULLs and the runs of values of a statistics view (see README.md), always the same. */
import type {
  BinaryVector,
  ColumnBatch,
  ColumnVector,
  DoubleVector,
  IntegerVector,
} from '../../src/domain/column-batch.ts';
import type { Column, ColumnType } from '../../src/domain/column-type.ts';

const BATCH_ROWS = 8192;

const STRING: ColumnType = { kind: 'string' };
const FLOAT64: ColumnType = { kind: 'float64' };

const METRICS = ['search_count', 'days_of_use', 'active_hours', 'client_level_daily_active_users_v2', 'ad_clicks'];
const STATISTICS = ['deciles', 'mean_lm', 'deciles', 'empirical_cdf', 'deciles', 'binomial'];
const BRANCHES = ['control', 'treatment-a', 'treatment-b'];
const COMPARISONS = ['difference', 'relative_uplift', null];
const SEGMENTS = ['all', 'all', 'new_profiles', 'regular_users_v3'];
const BASES = ['enrollments', 'exposures'];
const ROWS_PER_STATISTIC = 90;

/** What the row of a text column holds; NULLs in the shares found in real tables. */
const TEXTS: Readonly<Record<string, (row: number) => string | null>> = {
  metric: (row) => METRICS[Math.floor(row / (ROWS_PER_STATISTIC * STATISTICS.length)) % METRICS.length]!,
  statistic: (row) => STATISTICS[Math.floor(row / ROWS_PER_STATISTIC) % STATISTICS.length]!,
  parameter: (row) => (hasParameter(row) ? `0.${1 + (row % 9)}` : null),
  branch: (row) => BRANCHES[Math.floor(row / 9) % BRANCHES.length]!,
  comparison: (row) => COMPARISONS[Math.floor(row / 27) % COMPARISONS.length]!,
  comparison_to_branch: (row) => (Math.floor(row / 27) % COMPARISONS.length === 2 ? null : 'control'),
  segment: (row) => SEGMENTS[Math.floor(row / 20_000) % SEGMENTS.length]!,
  analysis_basis: (row) => BASES[Math.floor(row / 5_000) % BASES.length]!,
  window_index: (row) => String(1 + Math.floor(row / 100_000)),
};

const ORDER =
  'metric statistic parameter branch comparison comparison_to_branch ci_width point lower upper segment analysis_basis window_index'.split(
    ' ',
  );

/** `text`: 9 text columns and 4 of doubles, 3 of them random. `view`: parameter is NUMERIC, window_index INT64. */
export type Shape = 'text' | 'view';

/** The columns of a shape. */
export function statisticsColumns(shape: Shape): Column[] {
  return ORDER.map((name) => {
    if (TEXTS[name] === undefined) return { name, type: FLOAT64 };
    if (shape === 'view' && name === 'parameter') return { name, type: { kind: 'numeric', scale: 9, words: 4 } };
    if (shape === 'view' && name === 'window_index') return { name, type: { kind: 'int64' } };
    return { name, type: STRING };
  });
}

/** `rowCount` rows of a shape in batches of the size a warehouse sends. In the shape `view` one double in five is a small integer. */
export function statisticsBatches(shape: Shape, rowCount: number): ColumnBatch[] {
  const random = randomNumbers();
  const columns = statisticsColumns(shape);
  const batches: ColumnBatch[] = [];
  for (let from = 0; from < rowCount; from += BATCH_ROWS) {
    const rows = Array.from({ length: Math.min(BATCH_ROWS, rowCount - from) }, (_, index) => from + index);
    batches.push({
      rowCount: rows.length,
      columns: columns.map(({ name, type }): ColumnVector => {
        if (type.kind === 'string') return textVector(rows.map(TEXTS[name]!));
        if (type.kind === 'int64') return integerVector(rows.map(TEXTS[name]!), 2, 1);
        if (type.kind === 'numeric') return integerVector(rows.map(TEXTS[name]!), 4, 1e9);
        if (name === 'ci_width') return doubleVector(rows.map((row) => (row % 8 === 7 ? null : 0.95)));
        return doubleVector(
          rows.map(() => (shape === 'view' && random() < 0.2 ? ((random() * 5) | 0) - 1 : random() * 20 - 5)),
        );
      }),
    });
  }
  return batches;
}

function hasParameter(row: number): boolean {
  return Math.floor(row / ROWS_PER_STATISTIC) % 2 === 0;
}

function textVector(texts: readonly (string | null)[]): BinaryVector {
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, row) => (offsets[row + 1] = offsets[row]! + (text ?? '').length));
  return { layout: 'binary', offsets, bytes: new Uint8Array(Buffer.from(texts.join(''))), validity: validityOf(texts) };
}

function doubleVector(values: readonly (number | null)[]): DoubleVector {
  return { layout: 'double', values: Float64Array.from(values, (value) => value ?? 0), validity: validityOf(values) };
}

/** Small numbers only: all words but the lowest are 0. */
function integerVector(texts: readonly (string | null)[], wordsPerValue: 2 | 4, unit: number): IntegerVector {
  const words = new Int32Array(wordsPerValue * texts.length);
  texts.forEach((text, row) => (words[row * wordsPerValue] = Math.round(Number(text ?? 0) * unit)));
  return { layout: 'integer', wordsPerValue, words, validity: validityOf(texts) };
}

function validityOf(values: readonly unknown[]): Uint8Array | undefined {
  if (!values.includes(null)) return undefined;
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (value !== null) bits[row >> 3]! |= 1 << (row & 7);
  });
  return bits;
}

/** Doubles of 52 random bits in [0, 1). */
function randomNumbers(): () => number {
  let state = 42;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return () => (next() * 2 ** 20 + (next() >>> 12)) / 2 ** 52;
}
