/** Statistics rows of any number, each a pure function of its place in the table, in the order of the exported file. */
import type { BinaryVector, ColumnBatch, ColumnVector, DoubleVector } from '../../../src/domain/column-batch.ts';
import type { TableField } from './field-schema.ts';
import { ENTRIES, metricNames, type Entry } from './statistics-entries.ts';
import type { StatisticsLayout } from './statistics-layout.ts';
import { lowWordMask, randomDouble } from './random-doubles.ts';

const TEXT_OF: Readonly<Record<string, (entry: Entry) => string | null>> = {
  statistic: (entry) => entry.statistic,
  branch: (entry) => entry.branch,
  comparison: (entry) => entry.comparison,
  comparison_to_branch: (entry) => entry.comparisonTo,
};

/** The columns of a per-window table in their order; a view has `window_index` behind them. */
export const STATISTICS_FIELDS: readonly TableField[] = [
  { name: 'metric', type: 'STRING' },
  { name: 'statistic', type: 'STRING' },
  { name: 'parameter', type: 'NUMERIC' },
  { name: 'branch', type: 'STRING' },
  { name: 'comparison', type: 'STRING' },
  { name: 'comparison_to_branch', type: 'STRING' },
  { name: 'ci_width', type: 'FLOAT' },
  { name: 'point', type: 'FLOAT' },
  { name: 'lower', type: 'FLOAT' },
  { name: 'upper', type: 'FLOAT' },
  { name: 'segment', type: 'STRING' },
  { name: 'analysis_basis', type: 'STRING' },
];

export const WINDOW_FIELD: TableField = { name: 'window_index', type: 'INTEGER' };

/** Columns of doubles that differ in every row. Their low words also differ from window to window. */
export const RANDOM_COLUMNS: readonly string[] = ['point', 'lower', 'upper'];

const BASES = ['enrollments', 'exposures'] as const;
const NANOS = 1e9;

/** The rows `[from, to)` as columns, some of the fields in the order given. */
export class StatisticsRows {
  readonly layout: StatisticsLayout;
  readonly #seed: number;
  readonly #metrics: readonly string[];

  constructor(layout: StatisticsLayout, seed: number) {
    this.layout = layout;
    this.#seed = seed;
    this.#metrics = metricNames(Math.ceil(layout.basisRows / ENTRIES.length));
  }

  columns(fields: readonly TableField[], from: number, to: number): ColumnBatch {
    const { layout } = this;
    const places = Array.from({ length: to - from }, (_, index) => layout.placeOf(from + index));
    const entries = places.map(({ inBasis }) => ENTRIES[inBasis % ENTRIES.length]!);
    const vectorOf = (name: string): ColumnVector => {
      const text = TEXT_OF[name];
      if (text !== undefined) return textVector(entries.map(text));
      if (name === 'metric')
        return textVector(places.map(({ inBasis }) => this.#metrics[Math.floor(inBasis / ENTRIES.length)]!));
      if (name === 'analysis_basis') return textVector(places.map(({ basis }) => BASES[basis]));
      if (name === 'segment') return textVector(places.map(({ segment }) => segmentName(segment)));
      if (name === 'parameter') return parameterVector(entries);
      if (name === 'window_index') return this.#windowVector(from, to);
      if (name === 'ci_width') return constantVector(entries);
      return this.#randomVector(RANDOM_COLUMNS.indexOf(name), from, entries);
    };
    return { rowCount: to - from, columns: fields.map((field) => vectorOf(field.name)) };
  }

  /** What the low words of the doubles of a row are mixed with. */
  maskOf(row: number): number {
    return lowWordMask(this.#seed, this.layout.windowOf(row), this.layout.tileOf(row));
  }

  #windowVector(from: number, to: number): ColumnVector {
    const words = new Int32Array(2 * (to - from));
    for (let row = from; row < to; row++) words[2 * (row - from)] = this.layout.windowOf(row);
    return { layout: 'integer', wordsPerValue: 2, words, validity: undefined };
  }

  #randomVector(column: number, from: number, entries: readonly Entry[]): DoubleVector {
    const values = new Float64Array(entries.length);
    const words = new Int32Array(values.buffer);
    entries.forEach((_, at) => {
      values[at] = randomDouble(this.#seed, this.layout.phaseOf(from + at), column);
      words[2 * at]! ^= this.maskOf(from + at);
    });
    const isPoint = column === 0;
    return { layout: 'double', values, validity: validityOf(entries, (entry) => isPoint || entry.hasInterval) };
  }
}

/** All names are of one length, so that one can be written over another. */
export function segmentName(ordinal: number): string {
  return `segment_${String(ordinal).padStart(4, '0')}`;
}

function textVector(texts: readonly (string | null)[]): BinaryVector {
  const offsets = new Int32Array(texts.length + 1);
  for (let row = 0; row < texts.length; row++) offsets[row + 1] = offsets[row]! + (texts[row]?.length ?? 0);
  const bytes = new Uint8Array(Buffer.from(texts.join(''), 'latin1'));
  return { layout: 'binary', offsets, bytes, validity: validityOf(texts, (text) => text !== null) };
}

/** NUMERIC of a few units: all words but the lowest are 0. */
function parameterVector(entries: readonly Entry[]): ColumnVector {
  const words = new Int32Array(4 * entries.length);
  entries.forEach(({ parameter }, row) => (words[4 * row] = Math.round((parameter ?? 0) * NANOS)));
  const validity = validityOf(entries, (entry) => entry.parameter !== null);
  return { layout: 'integer', wordsPerValue: 4, words, validity };
}

function constantVector(entries: readonly Entry[]): DoubleVector {
  const values = Float64Array.from(entries, (entry) => (entry.hasInterval ? 0.95 : 0));
  return { layout: 'double', values, validity: validityOf(entries, (entry) => entry.hasInterval) };
}

function validityOf<Value>(values: readonly Value[], isThere: (value: Value) => boolean): Uint8Array | undefined {
  if (values.every(isThere)) return undefined;
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (isThere(value)) bits[row >> 3]! |= 1 << (row & 7);
  });
  return bits;
}
