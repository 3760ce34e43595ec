/** Which field of a row keeps it out of the file (spec: statistics, section 4, R1, R2 and R4). */
import { isReadPeriod, type ConsoleRules } from '../console-rules.ts';
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { JsonValue } from '../json-value.ts';
import { isAbsolute, numberOf, type StatisticsRow } from './statistics-row.ts';
import { usedWindow } from './travel.ts';

/** In the order in which they are checked. */
export type RefusedField =
  | 'metric'
  | 'statistic'
  | 'branch'
  | 'segment'
  | 'analysis_basis'
  | 'parameter'
  | 'point'
  | 'lower'
  | 'upper'
  | 'ci_width'
  | 'comparison';

/** Where a row is, and by which rules it is judged. */
export interface RowPlace {
  readonly period: AnalysisPeriod;
  readonly window: number;
  readonly rules: ConsoleRules;
}

/**
 * The first field that breaks a rule; undefined if the row may be published. Rows of `mean` are judged as if no `mean_lm`
 * hid them: where one does, the cell has rows that may be published.
 */
export function refusedField(row: StatisticsRow, place: RowPlace): RefusedField | undefined {
  const field = unreadableField(row);
  if (field !== undefined || !isReadPeriod(place.period) || row.analysis_basis === null) return field;
  const used = usedWindow(place.period, row.metric, place.rules);
  const isReplaced = used !== undefined && used !== place.window;
  if (isReplaced) return holdsNul(row.segment) ? 'segment' : undefined;
  return unusableName(row, place.rules) ?? (isDrawn(row, place.rules) ? undrawableField(row, place.rules) : undefined);
}

const TEXTS = ['metric', 'statistic', 'branch', 'segment'] as const;
const NUMBERS = ['parameter', 'point', 'lower', 'upper', 'ci_width'] as const;
const BASES: readonly JsonValue[] = [null, 'enrollments', 'exposures'];

/** R1: the console can parse the row. */
function unreadableField(row: StatisticsRow): RefusedField | undefined {
  const text = TEXTS.find((name) => typeof row[name] !== 'string');
  if (text !== undefined) return text;
  if (!BASES.includes(row.analysis_basis)) return 'analysis_basis';
  const number = NUMBERS.find((name) => numberOf(row[name]) === undefined);
  if (number !== undefined) return number;
  const width = numberOf(row.ci_width) ?? 0;
  if (width < 0 || width > 1) return 'ci_width';
  return isTextOrNull(row.comparison) && isTextOrNull(row.comparison_to_branch) ? undefined : 'comparison';
}

/** R2: the console can use the names as attributes, and store them. */
function unusableName(row: StatisticsRow, rules: ConsoleRules): RefusedField | undefined {
  if (isUnusable(row.metric, rules.reservedNames)) return 'metric';
  if (isUnusable(row.branch, rules.reservedNames) || isUnusable(row.branch, rules.reservedBranches)) return 'branch';
  return holdsNul(row.segment) ? 'segment' : undefined;
}

function isUnusable(name: JsonValue, reserved: readonly string[]): boolean {
  return typeof name === 'string' && (holdsNul(name) || name.startsWith('_') || reserved.includes(name));
}

function isDrawn({ metric, statistic }: StatisticsRow, rules: ConsoleRules): boolean {
  if (statistic === 'percentage' && metric === rules.clientsMetric) return false;
  return rules.drawnStatistics.some((name) => name === statistic);
}

/** R4: the console can draw the row. */
function undrawableField(row: StatisticsRow, rules: ConsoleRules): RefusedField | undefined {
  if (row.metric === rules.pageBreakingMetric && row.segment === 'all') return 'metric';
  const hasTarget = row.comparison_to_branch !== null;
  const isKnown = isAbsolute(row)
    ? !hasTarget
    : row.comparison === 'difference' || row.comparison === 'relative_uplift';
  if (!isKnown) return 'comparison';
  const isUplift = row.comparison === 'relative_uplift' && hasTarget;
  const isScaled = isUplift || (isAbsolute(row) && rules.scaledMetrics.some((name) => name === row.metric));
  return isScaled ? tooLargeField(row, rules.largestScaled) : undefined;
}

function tooLargeField(row: StatisticsRow, largest: number): RefusedField | undefined {
  const field = (['point', 'lower', 'upper'] as const).find((name) => Math.abs(numberOf(row[name]) ?? 0) > largest);
  const [lower, upper] = [numberOf(row.lower), numberOf(row.upper)];
  if (field !== undefined || typeof lower !== 'number' || typeof upper !== 'number') return field;
  return Math.abs(upper - lower) > largest ? 'upper' : undefined;
}

function holdsNul(value: JsonValue): boolean {
  return typeof value === 'string' && value.includes('\0');
}

function isTextOrNull(value: JsonValue): boolean {
  return value === null || typeof value === 'string';
}
