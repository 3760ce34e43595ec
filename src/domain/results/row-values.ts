/** The values of a row of a statistics file, as the console reads them. */
import type { JsonValue } from '../json-value.ts';
import { ANALYSIS_BASES, type AnalysisBasis } from '../trace/inputs.ts';
import { type FileRow, isAbsolute, numberOf } from '../trace/statistics-row.ts';
import { NO_WINDOW, type NumberColumn, type TextColumn } from './results-table.ts';

const WINDOW = /^-?[0-9]{1,9}$/;

/** The number of a row's window; NO_WINDOW for null, and for what is no number of a window. */
export function windowOf({ window_index: index }: Pick<FileRow, 'window_index'>): number {
  const text = typeof index === 'number' ? String(index) : index;
  return typeof text === 'string' && WINDOW.test(text) ? Number(text) : NO_WINDOW;
}

/** Undefined for rows that the console ignores too: without a basis, or without one of the other names. */
export function textsOf(row: FileRow): Readonly<Record<TextColumn, string | null>> | undefined {
  const { metric, statistic, branch, segment, analysis_basis: basis, comparison, comparison_to_branch: against } = row;
  if (typeof metric !== 'string' || typeof statistic !== 'string' || typeof branch !== 'string') return undefined;
  if (typeof segment !== 'string' || !isBasis(basis)) return undefined;
  if (!isTextOrNull(comparison) || !isTextOrNull(against)) return undefined;
  return { metric, statistic, branch, segment, basis, comparison: isAbsolute(row) ? null : comparison, against };
}

/** Undefined if one of them is no number. */
export function numbersOf(row: FileRow): Readonly<Record<NumberColumn, number | null>> | undefined {
  const ciWidth = numberOf(row.ci_width);
  const point = numberOf(row.point);
  const lower = numberOf(row.lower);
  const upper = numberOf(row.upper);
  if (ciWidth === undefined || point === undefined || lower === undefined || upper === undefined) return undefined;
  return { ciWidth, point, lower, upper };
}

function isBasis(value: JsonValue): value is AnalysisBasis {
  return ANALYSIS_BASES.some((known) => known === value);
}

function isTextOrNull(value: JsonValue): value is string | null {
  return value === null || typeof value === 'string';
}
