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
