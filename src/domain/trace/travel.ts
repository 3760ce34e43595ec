/** Retention metrics, whose rows the console takes from one window (spec: statistics, section 4). */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { ConsoleRules } from '../console-rules.ts';

/** The only window of a metric that the console uses in a period; undefined if it uses them all. */
export function usedWindow(period: AnalysisPeriod, metric: unknown, rules: ConsoleRules): number | undefined {
  const travel = rules.travels.find(
    (travel) => travel.period === period && travel.metrics.some((name) => name === metric),
  );
  return travel === undefined || travel.window === 'any' ? undefined : Number(travel.window);
}

/** Whether the console draws the metric as a retention, in any period. */
export function isRetention(metric: string, rules: ConsoleRules): boolean {
  return rules.travels.some(({ metrics }) => metrics.includes(metric));
}
