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
