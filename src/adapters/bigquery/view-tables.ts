/**
 * The tables of a statistics view from its name (spec: statistics, section 2): the wildcard
 * `statistics_<slug>_<window period>_*`, which also matches tables of longer slugs with the same beginning.
 */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { parseStatisticsTableName } from '../../domain/statistics-name.ts';

/** The word for a period in table names. */
const WINDOW_PERIODS: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'day',
  weekly: 'week',
  days28: 'days28',
  overall: 'overall',
  preenrollment_weekly: 'preenrollment_week',
  preenrollment_days28: 'preenrollment_days28',
};

/** Name prefix of the tables that a view reads; undefined if the view's name does not tell. */
export function windowTablePrefix(view: string): string | undefined {
  const name = parseStatisticsTableName(view);
  return name === undefined ? undefined : `statistics_${name.slug}_${WINDOW_PERIODS[name.period]}_`;
}

/** The sorted names that begin with the prefix. */
export function namesWithPrefix(sortedNames: readonly string[], prefix: string): readonly string[] {
  const start = firstNotBefore(sortedNames, prefix);
  let end = start;
  while (sortedNames[end]?.startsWith(prefix) === true) end++;
  return sortedNames.slice(start, end);
}

function firstNotBefore(sortedNames: readonly string[], text: string): number {
  let low = 0;
  let high = sortedNames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sortedNames[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
