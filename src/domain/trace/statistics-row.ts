/** A row of a per-window table or of a statistics file, as far as the trace reads it. */
import type { JsonValue } from '../json-value.ts';
import { parseNumberText } from '../number-text.ts';

export interface StatisticsRow {
  readonly metric: JsonValue;
  readonly statistic: JsonValue;
  readonly parameter: JsonValue;
  readonly branch: JsonValue;
  readonly comparison: JsonValue;
  readonly comparison_to_branch: JsonValue;
  readonly ci_width: JsonValue;
  readonly point: JsonValue;
  readonly lower: JsonValue;
  readonly upper: JsonValue;
  readonly segment: JsonValue;
  readonly analysis_basis: JsonValue;
}

/** A row of a file names its window, as text. */
export interface FileRow extends StatisticsRow {
  readonly window_index: JsonValue;
}

/** The columns of a table that the trace reads. */
export const STATISTICS_COLUMNS = [
  'metric',
  'statistic',
  'parameter',
  'branch',
  'comparison',
  'comparison_to_branch',
  'ci_width',
  'point',
  'lower',
  'upper',
  'segment',
  'analysis_basis',
] as const satisfies readonly (keyof StatisticsRow)[];

/** A row from JSON: absent columns are null, and so is everything in what is no object. */
export function fileRowOf(value: JsonValue): FileRow {
  const cell = (name: keyof FileRow): JsonValue => (isObject(value) ? (value[name] ?? null) : null);
  return {
    metric: cell('metric'),
    statistic: cell('statistic'),
    parameter: cell('parameter'),
    branch: cell('branch'),
    comparison: cell('comparison'),
    comparison_to_branch: cell('comparison_to_branch'),
    ci_width: cell('ci_width'),
    point: cell('point'),
    lower: cell('lower'),
    upper: cell('upper'),
    segment: cell('segment'),
    analysis_basis: cell('analysis_basis'),
    window_index: cell('window_index'),
  };
}

function isObject(value: JsonValue): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The number that the console reads; null for NaN and infinite ones, undefined for what is no number. */
export function numberOf(value: JsonValue): number | null | undefined {
  if (value === null) return null;
  if (typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' ? parseNumberText(value) : value;
  if (typeof number !== 'number') return undefined;
  return Number.isFinite(number) ? number : null;
}

/** Whether a row is the value of a branch, not a comparison. */
export function isAbsolute({ comparison }: StatisticsRow): boolean {
  return comparison === null || comparison === 'absolute';
}

/** A key for one metric, basis and segment. */
export function cellId(metric: JsonValue, basis: JsonValue, segment: JsonValue): string {
  return JSON.stringify([metric, basis, segment]);
}

/** A key for one basis and segment. */
export function groupId(basis: JsonValue, segment: JsonValue): string {
  return JSON.stringify([basis, segment]);
}
