/**
 * A batch of rows prepared for the rules: key columns as numbers of distinct values, number columns as the console reads
 * them, and facts about each distinct value, computed once.
 */
import type { ColumnBatch } from '../../../domain/column-batch.ts';
import type { Column } from '../../../domain/column-type.ts';
import type { AnalysisPeriod } from '../../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../../domain/console-rules.ts';
import { DistinctValues, NULL_ID } from './distinct-values.ts';
import { NumberValues } from './number-values.ts';
import type { Written } from './written-json.ts';

/** One key column, bound to one batch at a time. */
export class KeyColumn {
  readonly name: string;
  readonly values: DistinctValues;
  ids: Int32Array = new Int32Array(0);

  constructor(columns: readonly Column[], name: string) {
    this.name = name;
    this.values = new DistinctValues(columns, name);
  }

  bind(batch: ColumnBatch): void {
    this.ids = this.values.idsOf(batch);
  }

  /** The text of a valid value; null if there is none. */
  text(id: number): string | null {
    const value = this.values.value(id);
    return typeof value === 'string' ? value : null;
  }
}

/** Facts about the values of a key column: a small integer per value number. */
export class Facts {
  readonly #values: DistinctValues;
  readonly #describe: (value: Written) => number;
  /** Index 0 is null; then by value number. */
  readonly #facts: number[];
  #union: number;

  constructor(column: KeyColumn, describe: (value: Written) => number) {
    this.#values = column.values;
    this.#describe = describe;
    this.#facts = [describe(null)];
    this.#union = 0;
  }

  /** Computes facts for new values. */
  learn(): void {
    for (let id = this.#facts.length - 1; id < this.#values.count; id++) {
      const fact = this.#describe(this.#values.value(id));
      this.#facts.push(fact);
      this.#union |= fact;
    }
  }

  /** All bits of all values except null. */
  get union(): number {
    return this.#union;
  }

  of(id: number): number {
    return this.#facts[id + 1]!;
  }
}

/** How the console treats a statistic. */
export const NOT_DRAWN = 0;
export const MEAN = 1;
const MEAN_LM = 2;
export const PERCENTAGE = 3;
export const DRAWN = 4;

/** A row is a value of a branch, or a comparison with another branch. */
export const ABSOLUTE = 0;
const DIFFERENCE = 1;
export const UPLIFT = 2;
export const UNKNOWN_COMPARISON = 3;

/** Bits of a window's facts: it is a whole number, it is small enough to be drawn, it is 1 or more. */
export const WHOLE_NUMBER = 1;
export const IN_RANGE = 2;
export const POSITIVE = 4;

/** Bits of a metric's facts; the number of its journey, if any, is in the bits above. */
export const CLIENTS = 1;
export const SCALED = 2;
export const PAGE_BREAKING = 4;
export const WINDOWED = 8;
const JOURNEY_SHIFT = 4;

const WINDOW = /^[+-]?[0-9]{1,19}$/;

export class RowValues {
  readonly metric: KeyColumn;
  readonly statistic: KeyColumn;
  readonly branch: KeyColumn;
  readonly segment: KeyColumn;
  readonly basis: KeyColumn;
  readonly comparison: KeyColumn;
  readonly target: KeyColumn;
  readonly window: KeyColumn;
  readonly parameter: NumberValues;
  readonly point: NumberValues;
  readonly lower: NumberValues;
  readonly upper: NumberValues;
  readonly ciWidth: NumberValues;
  readonly metricFacts: Facts;
  readonly statisticFacts: Facts;
  readonly comparisonFacts: Facts;
  readonly windowFacts: Facts;
  /** 1 for the segment `all`. */
  readonly segmentFacts: Facts;
  readonly #keys: readonly KeyColumn[];
  readonly #numbers: readonly NumberValues[];
  readonly #travels: readonly { readonly metrics: readonly string[]; readonly window: string }[];
  readonly #isTravelWindow: readonly Facts[];
  rowCount = 0;

  constructor(columns: readonly Column[], rules: ConsoleRules, period: AnalysisPeriod) {
    const key = (name: string): KeyColumn => new KeyColumn(columns, name);
    const number = (name: string): NumberValues => new NumberValues(columns, name);
    this.metric = key('metric');
    this.statistic = key('statistic');
    this.branch = key('branch');
    this.segment = key('segment');
    this.basis = key('analysis_basis');
    this.comparison = key('comparison');
    this.target = key('comparison_to_branch');
    this.window = key('window_index');
    this.parameter = number('parameter');
    this.point = number('point');
    this.lower = number('lower');
    this.upper = number('upper');
    this.ciWidth = number('ci_width');
    this.#keys = [
      this.metric,
      this.statistic,
      this.branch,
      this.segment,
      this.basis,
      this.comparison,
      this.target,
      this.window,
    ];
    this.#numbers = [this.parameter, this.point, this.lower, this.upper, this.ciWidth];
    this.#travels = rules.travels.filter((travel) => travel.period === period);
    this.metricFacts = new Facts(this.metric, (value) => this.#metricFact(rules, value));
    this.statisticFacts = new Facts(this.statistic, (value) => statisticFact(rules, value));
    this.comparisonFacts = new Facts(this.comparison, comparisonFact);
    this.windowFacts = new Facts(this.window, (value) => windowFact(rules, value));
    this.segmentFacts = new Facts(this.segment, (value) => Number(value === 'all'));
    this.#isTravelWindow = this.#travels.map(
      ({ window }) => new Facts(this.window, (value) => Number(window === 'any' || value === window)),
    );
  }

  get numbers(): readonly NumberValues[] {
    return this.#numbers;
  }

  /** Reads a batch; invalidates the previous one. */
  bind(batch: ColumnBatch): void {
    this.rowCount = batch.rowCount;
    for (const key of this.#keys) key.bind(batch);
    for (const number of this.#numbers) number.bind(batch);
    this.metricFacts.learn();
    this.statisticFacts.learn();
    this.comparisonFacts.learn();
    this.windowFacts.learn();
    this.segmentFacts.learn();
    for (const facts of this.#isTravelWindow) facts.learn();
  }

  /** Whether a row belongs to a group: one segment and one basis. */
  isInGroup(row: number): boolean {
    return this.basis.ids[row] !== NULL_ID;
  }

  /** The journey of a metric's rows, from 0; -1 if they are not copied. */
  journeyOf(metricId: number): number {
    return (this.metricFacts.of(metricId) >> JOURNEY_SHIFT) - 1;
  }

  /** Whether rows of every window are copied, each window separately. */
  isWindowByWindow(journey: number): boolean {
    return this.#travels[journey]?.window === 'any';
  }

  /** Whether the console discards the row unread. */
  isReplaced(row: number): boolean {
    const journey = this.journeyOf(this.metric.ids[row]!);
    return journey >= 0 && this.#isTravelWindow[journey]!.of(this.window.ids[row]!) === 0;
  }

  #metricFact(rules: ConsoleRules, value: Written): number {
    if (typeof value !== 'string') return 0;
    const journey = this.#travels.findIndex((travel) => travel.metrics.includes(value));
    return (
      (value === rules.clientsMetric ? CLIENTS : 0) |
      (rules.scaledMetrics.includes(value) ? SCALED : 0) |
      (value === rules.pageBreakingMetric ? PAGE_BREAKING : 0) |
      (rules.windowedOverallMetrics.includes(value) ? WINDOWED : 0) |
      ((journey + 1) << JOURNEY_SHIFT)
    );
  }
}

function statisticFact(rules: ConsoleRules, value: Written): number {
  if (typeof value !== 'string' || !rules.drawnStatistics.includes(value)) return NOT_DRAWN;
  switch (value) {
    case 'mean':
      return MEAN;
    case 'mean_lm':
      return MEAN_LM;
    case 'percentage':
      return PERCENTAGE;
    default:
      return DRAWN;
  }
}

function comparisonFact(value: Written): number {
  switch (value) {
    case null:
    case 'absolute':
      return ABSOLUTE;
    case 'difference':
      return DIFFERENCE;
    case 'relative_uplift':
      return UPLIFT;
    default:
      return UNKNOWN_COMPARISON;
  }
}

function windowFact(rules: ConsoleRules, value: Written): number {
  if (value === null) return WHOLE_NUMBER | IN_RANGE;
  if (typeof value !== 'string' || !WINDOW.test(value)) return 0;
  const number = Number(value);
  return WHOLE_NUMBER | (number <= rules.largestWindow ? IN_RANGE : 0) | (number >= 1 ? POSITIVE : 0);
}
