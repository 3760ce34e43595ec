/**
 * Rules for single rows (spec: statistics, section 4, R1, R2 and R4), in the order of evaluation. A rule marks the rows of a
 * batch that break it. If none of the distinct values can break it, it looks at no rows.
 */
import { type ConsoleRules } from '../../../domain/console-rules.ts';
import { NULL_ID } from './distinct-values.ts';
import type { NumberValues } from './number-values.ts';
import {
  ABSOLUTE,
  CLIENTS,
  Facts,
  IN_RANGE,
  type KeyColumn,
  MEAN,
  NOT_DRAWN,
  PAGE_BREAKING,
  PERCENTAGE,
  type RowValues,
  SCALED,
  UNKNOWN_COMPARISON,
  UPLIFT,
  WHOLE_NUMBER,
  WINDOWED,
} from './row-values.ts';
import type { Written } from './written-json.ts';

export interface RowRule {
  readonly rule: 'R1' | 'R2';
  /** As a statement about the row: `metric is null`. */
  readonly reason: string;
  /** Calls `mark` for each row of the bound batch that breaks the rule. */
  readonly findBroken: (mark: (row: number) => void) => void;
}

const BASES: readonly Written[] = ['enrollments', 'exposures'];

/** R1: the console can parse the row. */
export function typeRules(values: RowValues): RowRule[] {
  const { metric, statistic, branch, segment, basis, comparison, target, window, ciWidth, numbers } = values;
  return [
    ...[metric, statistic, branch, segment].flatMap((column) => requiredText(values, column)),
    ...[comparison, target].map((column) => r1(values, column, `${column.name} is not a text`, isNoText)),
    ...numbers.filter((column) => !column.isAlwaysNumber).map((column) => isNumber(values, column)),
    isShare(values, ciWidth),
    r1(values, basis, 'analysis_basis is neither enrollments nor exposures', (value) => !BASES.includes(value)),
    r1(values, window, 'window_index is neither a whole number nor a text', isNoText),
  ];
}

/** R2: the console can use the names as attributes, and store them. */
export function nameRules(values: RowValues, rules: ConsoleRules): RowRule[] {
  const { metric, branch, segment } = values;
  const inGroup = (row: number): boolean => values.isInGroup(row);
  const isUsed = (row: number): boolean => values.isInGroup(row) && !values.isReplaced(row);
  const reserved = { metric: rules.reservedNames, branch: [...rules.reservedNames, ...rules.reservedBranches] };
  const r2 = (column: KeyColumn, reason: string, isBroken: IsBroken, where: (row: number) => boolean): RowRule =>
    whereValue({ rule: 'R2', reason, values, column, isBroken, where });
  return [
    r2(segment, 'segment holds U+0000', holdsNul, inGroup),
    ...([metric, branch] as const).flatMap((column) => [
      r2(column, `${column.name} holds U+0000`, holdsNul, isUsed),
      r2(column, `${column.name} begins with _`, (value) => typeof value === 'string' && value.startsWith('_'), isUsed),
      r2(
        column,
        `${column.name} is a name that Experimenter reserves`,
        (value) => typeof value === 'string' && reserved[column === metric ? 'metric' : 'branch'].includes(value),
        isUsed,
      ),
    ]),
  ];
}

/** The parts of R4, by the number that `brokenDrawing` returns. */
export const DRAWING_REASONS = [
  '',
  'comparison and comparison_to_branch do not fit together',
  'a metric named experiment in segment all breaks the results page',
  'point, lower or upper is too large to be shown in percent',
  'window_index is no window that the results page can draw',
] as const;

/** R4: the console can draw the row, if it draws it. Only for rows of a group that are not replaced. */
export class DrawingRules {
  readonly #values: RowValues;
  readonly #largestScaled: number;
  readonly #isOverall: boolean;

  constructor(values: RowValues, rules: ConsoleRules, period: 'daily' | 'weekly' | 'overall') {
    this.#values = values;
    this.#largestScaled = rules.largestScaled;
    this.#isOverall = period === 'overall';
  }

  /** Whether the row is certainly drawn; for `mean` that is known only after all rows. */
  isDrawn(row: number): boolean {
    const { statistic, statisticFacts, metric, metricFacts } = this.#values;
    const kind = statisticFacts.of(statistic.ids[row]!);
    if (kind === NOT_DRAWN || kind === MEAN) return false;
    return kind !== PERCENTAGE || (metricFacts.of(metric.ids[row]!) & CLIENTS) === 0;
  }

  /** The part of R4 that the row breaks if it is drawn; 0: none. */
  brokenDrawing(row: number): number {
    const values = this.#values;
    const comparison = values.comparisonFacts.of(values.comparison.ids[row]!);
    const hasTarget = values.target.ids[row] !== NULL_ID;
    if (comparison === UNKNOWN_COMPARISON || (comparison === ABSOLUTE && hasTarget)) return 1;
    const metric = values.metricFacts.of(values.metric.ids[row]!);
    if ((metric & PAGE_BREAKING) !== 0 && values.segmentFacts.of(values.segment.ids[row]!) === 1) return 2;
    const isUplift = comparison === UPLIFT && hasTarget;
    const isScaled = isUplift || (comparison === ABSOLUTE && (metric & SCALED) !== 0);
    if (isScaled && this.#isTooLarge(row)) return 3;
    if ((isUplift || comparison === ABSOLUTE) && !this.#isDrawableWindow(row, metric)) return 4;
    return 0;
  }

  #isTooLarge(row: number): boolean {
    const { point, lower, upper } = this.#values;
    const limit = this.#largestScaled;
    const low = lower.at(row);
    const high = upper.at(row);
    // Comparisons with NaN, which stands for null, are false.
    return (
      Math.abs(point.at(row)) > limit ||
      Math.abs(low) > limit ||
      Math.abs(high) > limit ||
      high - low > limit ||
      low - high > limit
    );
  }

  #isDrawableWindow(row: number, metricFact: number): boolean {
    const fact = this.#values.windowFacts.of(this.#values.window.ids[row]!);
    if (!this.#isOverall) return (fact & IN_RANGE) !== 0;
    return (metricFact & WINDOWED) === 0 || (fact & WHOLE_NUMBER) !== 0;
  }
}

type IsBroken = (value: Written) => boolean;

interface ValueRule {
  readonly rule: RowRule['rule'];
  readonly reason: string;
  readonly values: RowValues;
  readonly column: KeyColumn;
  /** For values that are not null. */
  readonly isBroken: IsBroken;
  readonly where?: (row: number) => boolean;
}

/** Rows with an invalid value in a key column; each distinct value is checked once. */
function whereValue({ rule, reason, values, column, isBroken, where }: ValueRule): RowRule {
  const facts = new Facts(column, (value) => Number(value !== null && isBroken(value)));
  return {
    rule,
    reason,
    findBroken: (mark) => {
      facts.learn();
      if (facts.union === 0) return;
      for (let row = 0; row < values.rowCount; row++) {
        if (facts.of(column.ids[row]!) !== 0 && where?.(row) !== false) mark(row);
      }
    },
  };
}

function r1(values: RowValues, column: KeyColumn, reason: string, isBroken: IsBroken): RowRule {
  return whereValue({ rule: 'R1', reason, values, column, isBroken });
}

function isNoText(value: Written): boolean {
  return typeof value !== 'string';
}

function holdsNul(value: Written): boolean {
  return typeof value === 'string' && value.includes('\0');
}

function requiredText(values: RowValues, column: KeyColumn): RowRule[] {
  const reason = column.values.isMissing ? `there is no column ${column.name}` : `${column.name} is null`;
  const findBroken: RowRule['findBroken'] = (mark) => {
    for (let row = 0; row < values.rowCount; row++) if (column.ids[row] === NULL_ID) mark(row);
  };
  return [{ rule: 'R1', reason, findBroken }, r1(values, column, `${column.name} is not a text`, isNoText)];
}

function isNumber(values: RowValues, column: NumberValues): RowRule {
  return {
    rule: 'R1',
    reason: `${column.name} is not a number`,
    findBroken: (mark) => {
      for (let row = 0; row < values.rowCount; row++) if (column.isNoNumber(row)) mark(row);
    },
  };
}

function isShare(values: RowValues, column: NumberValues): RowRule {
  return {
    rule: 'R1',
    reason: `${column.name} is not within 0 to 1`,
    findBroken: (mark) => {
      for (let row = 0; row < values.rowCount; row++) {
        const value = column.at(row);
        if (value < 0 || value > 1) mark(row);
      }
    },
  };
}
