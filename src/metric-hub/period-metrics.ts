/** Which metrics an analysis computes in each period. */
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { METRIC_PERIODS, type MetricPeriod, type PeriodLists } from './configuration.ts';
import type { ResolvedMetric } from './resolve-metric.ts';

const ANALYSIS_PERIOD_OF: Readonly<Record<MetricPeriod, AnalysisPeriod>> = {
  daily: 'daily',
  weekly: 'weekly',
  '28_day': 'days28',
  overall: 'overall',
  preenrollment_weekly: 'preenrollment_weekly',
  preenrollment_days28: 'preenrollment_days28',
};

/** The resolved metrics of each list, in its order; a name counts once. */
export function periodMetrics(
  lists: PeriodLists,
  metrics: readonly ResolvedMetric[],
): ReadonlyMap<AnalysisPeriod, readonly ResolvedMetric[]> {
  const byName = new Map<unknown, ResolvedMetric>(metrics.map((metric) => [metric.name, metric]));
  return new Map(
    METRIC_PERIODS.map((period) => {
      const named = lists[period].flatMap(({ name }) => byName.get(name) ?? []);
      return [ANALYSIS_PERIOD_OF[period], [...new Set(named)]];
    }),
  );
}
