/** What the page of errors says: sums of the counted rows, and the headline. */
import { ERROR_CATEGORIES, type ErrorCategory } from '../../../domain/error-category.ts';
import type { LogDayCount } from '../../../domain/logs/log-questions.ts';
import { dayOf, MS_PER_DAY } from '../../../domain/utc-time.ts';
import { countOf } from '../../text/numbers.ts';
import { type ErrorKind, isNewKind } from './error-kinds.ts';

export interface ErrorSums {
  readonly rows: number;
  readonly critical: number;
  readonly warnings: number;
  readonly uncategorized: number;
}

/** Rows, as the errors dashboard counts them. */
export function sumErrors(counts: readonly LogDayCount[]): ErrorSums {
  const sum = (of: (count: LogDayCount) => number): number => counts.reduce((total, count) => total + of(count), 0);
  return {
    rows: sum(({ rows }) => rows),
    critical: sum(({ critical }) => critical),
    warnings: sum(({ warnings }) => warnings),
    uncategorized: sum(({ category, rows }) => (category === 'uncategorized' ? rows : 0)),
  };
}

/** The categories of the plot, from the bottom up; all others are `other`. */
export const PLOTTED_CATEGORIES = ['jetstream_failure', 'data', 'configuration', 'resources', 'other'] as const;
export type PlottedCategory = (typeof PLOTTED_CATEGORIES)[number];

export interface DayOfErrors {
  /** `2026-01-14` */
  readonly day: string;
  readonly rows: number;
  readonly critical: number;
  readonly warnings: number;
  readonly byCategory: ReadonlyMap<string, number>;
}

/** Each day of a range (milliseconds since 1970), the oldest first. */
export function daysOfErrors(
  counts: readonly LogDayCount[],
  { from, to }: { readonly from: number; readonly to: number },
): DayOfErrors[] {
  const days: string[] = [];
  for (let at = from; dayOf(at) <= dayOf(to - 1); at += MS_PER_DAY) days.push(dayOf(at));
  return days.map((day) => {
    const own = counts.filter((count) => count.day === day);
    const { rows, critical, warnings } = sumErrors(own);
    return { day, rows, critical, warnings, byCategory: new Map(own.map((count) => [count.category, count.rows])) };
  });
}

export function plottedRows({ byCategory }: DayOfErrors, category: PlottedCategory): number {
  if (category !== 'other') return byCategory.get(category) ?? 0;
  const isOther = (name: string): boolean => !PLOTTED_CATEGORIES.some((plotted) => plotted === name);
  return [...byCategory].reduce((sum, [name, rows]) => sum + (isOther(name) ? rows : 0), 0);
}

/** Those with rows, in the order of the plot. */
export function categoriesOf(days: readonly DayOfErrors[]): ErrorCategory[] {
  const order = (category: string): number => {
    const index = PLOTTED_CATEGORIES.findIndex((plotted) => plotted === category);
    return index === -1 ? PLOTTED_CATEGORIES.length : index;
  };
  return ERROR_CATEGORIES.filter((category) => days.some(({ byCategory }) => byCategory.has(category))).toSorted(
    (a, b) => order(a) - order(b),
  );
}

export interface HeadlineFacts {
  /** Of the last days, or of the whole range if that has passed. */
  readonly sums: ErrorSums | undefined;
  /** `in the last 3 days` */
  readonly when: string;
  /** Undefined where they are not known, or the range has passed. */
  readonly kinds: readonly ErrorKind[] | undefined;
  readonly now: number;
}

/** `3 critical errors in the last 3 days, none new since yesterday` */
export function errorsHeadline({ sums, when, kinds, now }: HeadlineFacts): string {
  if (sums === undefined) return 'The logs did not answer';
  const { critical, warnings, uncategorized } = sums;
  const beginning =
    critical === 0
      ? `No critical errors ${when}`
      : `${countOf(critical, 'critical error')} ${when}${newText(kinds, now)}`;
  const others = [
    ...(warnings > 0 ? [countOf(warnings, 'warning')] : []),
    ...(uncategorized > 0 ? [`${countOf(uncategorized, 'row')} uncategorized`] : []),
  ];
  return others.length === 0 ? beginning : `${beginning}; ${others.join(', ')}`;
}

function newText(kinds: readonly ErrorKind[] | undefined, now: number): string {
  if (kinds === undefined) return '';
  const count = kinds.filter((kind) => kind.critical > 0 && isNewKind(kind, now)).length;
  return count === 0 ? ', none new since yesterday' : `, ${countOf(count, 'kind')} new since yesterday`;
}
