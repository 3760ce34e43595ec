/** The rows of one window as the console sees them: retention comes from one window of another period (spec: pages, C5). */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { type ConsoleRules, isReadPeriod, READ_PERIODS, type Travel } from '../console-rules.ts';
import type { ResultsChoice, ResultsIndexes } from './choose-results.ts';
import type { GroupPlace, ResultsIndex, ResultsRow } from './results-index.ts';

/** Rows, and where those of some metrics were taken from. */
export interface ShownRows {
  readonly rows: readonly ResultsRow[];
  /** By metric: the period that its rows come from, if that is not the shown one. */
  readonly sources: ReadonlyMap<string, AnalysisPeriod>;
}

export function shownRows(
  { period, window, basis, segment }: ResultsChoice,
  { indexes, rules }: { readonly indexes: ResultsIndexes; readonly rules: ConsoleRules },
): ShownRows {
  const place = { basis, segment };
  const index = indexes.get(period);
  if (index?.hasRows(place) !== true) return { rows: [], sources: new Map() };
  const own = index.rows({ ...place, window });
  const travelled = travelsInto(period, rules).flatMap((travel) => travellers(travel, { place, indexes, into: index }));
  const sources = new Map(travelled.flatMap(({ period, rows }) => rows.map(({ metric }) => [metric, period] as const)));
  return { rows: [...own, ...travelled.flatMap(({ rows }) => rows)], sources };
}

function travelsInto(period: AnalysisPeriod, { travels }: ConsoleRules): readonly Travel[] {
  if (!isReadPeriod(period)) return [];
  const earlier: readonly string[] = READ_PERIODS.slice(0, READ_PERIODS.indexOf(period));
  return travels.filter((travel) => earlier.includes(travel.period));
}

/** Rows of the metrics that the file itself lacks. */
function travellers(
  { period, metrics, window }: Travel,
  {
    place,
    indexes,
    into,
  }: { readonly place: GroupPlace; readonly indexes: ResultsIndexes; readonly into: ResultsIndex },
): { readonly period: AnalysisPeriod; readonly rows: readonly ResultsRow[] }[] {
  const index = indexes.get(period);
  if (index === undefined) return [];
  return metrics
    .filter((metric) => !into.catalogue(place).has(metric))
    .map((metric) => {
      const newest = [...(index.catalogue(place).get(metric)?.values() ?? [])].map((windows) => windows.at(-1));
      const wanted = window === 'any' ? newest[0] : Number(window);
      return { period, rows: wanted === undefined ? [] : index.rows({ ...place, metric, window: wanted }) };
    });
}
