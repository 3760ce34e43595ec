/**
 * Which tables a statistics view reads, told by its name (spec: statistics, section 2): the wildcard
 * `statistics_<slug>_<window period>_*`, which takes in the tables of longer slugs that begin alike.
 */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { parseStatisticsTableName } from '../../domain/statistics-name.ts';

/** The word for a period's windows in the names of tables. */
const WINDOW_PERIODS: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'day',
  weekly: 'week',
  days28: 'days28',
  overall: 'overall',
  preenrollment_weekly: 'preenrollment_week',
  preenrollment_days28: 'preenrollment_days28',
};

/** What the names of the tables that a view reads begin with; undefined where the view's name tells nothing. */
export function windowTablePrefix(view: string): string | undefined {
  const name = parseStatisticsTableName(view);
  return name === undefined ? undefined : `statistics_${name.slug}_${WINDOW_PERIODS[name.period]}_`;
}

/** Those of the sorted names that begin so. */
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
