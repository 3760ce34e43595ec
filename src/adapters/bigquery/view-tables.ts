/**
 * The tables of a statistics view from its name (spec: statistics, section 2): the wildcard
 * `statistics_<slug>_<window period>_*`, which also matches tables of longer slugs with the same beginning.
 */
import { parseStatisticsTableName } from '../../domain/statistics-name.ts';
import { WINDOW_PERIODS } from '../../domain/window-period.ts';

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
