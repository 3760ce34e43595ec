/** Statistics files of listed experiments that have neither a source nor a published object. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import type { Experiment } from '../domain/experiment.ts';
import { expectedPeriods, isResultsWatchOver } from '../domain/expected-files.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';

export interface AbsentStatistics {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  /** Its results should be there by now. */
  readonly isExpected: boolean;
}

interface Present {
  /** Files with a view or table. */
  readonly found: readonly { readonly experiment: string; readonly period: AnalysisPeriod }[];
  readonly objects: { has(name: string): boolean };
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function absentStatistics(
  experiments: readonly Experiment[],
  { found, objects, now }: Present,
): AbsentStatistics[] {
  const known = new Set(found.map(({ experiment, period }) => `${experiment} ${period}`));
  return experiments.flatMap(({ slug, results }) => {
    const isWatched = results !== undefined && !isResultsWatchOver(results, now);
    const expected = isWatched ? expectedPeriods(results, now) : [];
    return ANALYSIS_PERIODS.filter(
      (period) => !known.has(`${slug} ${period}`) && !objects.has(statisticsObjectName(slug, period)),
    ).map((period) => ({ experiment: slug, period, isExpected: expected.includes(period) }));
  });
}
