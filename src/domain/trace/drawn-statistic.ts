/** Which statistic of a metric the console draws (spec: pages, C4). */
import type { ConsoleRules } from '../console-rules.ts';
import { isRetention } from './travel.ts';

/** Its bounds may be compared without absolute values. */
export const DAILY_ACTIVE_USERS = 'client_level_daily_active_users_v2';

const BY_METRIC = new Map<string, readonly string[]>([
  ['search_count', ['mean_lm', 'mean']],
  ['days_of_use', ['mean_lm', 'mean']],
  [DAILY_ACTIVE_USERS, ['per_client_dau_impact']],
]);
const OF_RETENTION = ['binomial'];
const OF_CLIENTS = ['count', 'percentage'];
const OF_PRIMARY = ['mean_lm', 'mean', 'binomial', 'count', 'percentage', 'population_ratio'];
const OF_OTHERS = ['mean_lm', 'mean', 'binomial', 'per_client_dau_impact', 'population_ratio'];

/** The drawn one of the statistics that the file has; undefined if the console draws none of them. */
export function drawnStatistic(
  metric: string,
  statistics: { readonly has: (statistic: string) => boolean },
  { primaryMetrics, rules }: { readonly primaryMetrics: ReadonlySet<string>; readonly rules: ConsoleRules },
): string | undefined {
  return choicesFor(metric, primaryMetrics, rules).find((statistic) => statistics.has(statistic));
}

/**
 * All statistics of a metric that the console draws. Of a metric of a primary outcome it draws whichever it read last, so
 * each of them is one; `mean_lm` hides `mean`.
 */
export function drawnStatistics(
  metric: string,
  statistics: { readonly has: (statistic: string) => boolean },
  { primaryMetrics, rules }: { readonly primaryMetrics: ReadonlySet<string>; readonly rules: ConsoleRules },
): string[] {
  const choices = choicesFor(metric, primaryMetrics, rules);
  const found = choices.filter((statistic) => statistics.has(statistic));
  if (choices !== OF_PRIMARY) return found.slice(0, 1);
  return found.includes('mean_lm') ? found.filter((statistic) => statistic !== 'mean') : found;
}

function choicesFor(metric: string, primaryMetrics: ReadonlySet<string>, rules: ConsoleRules): readonly string[] {
  if (isRetention(metric, rules)) return OF_RETENTION;
  if (metric === rules.clientsMetric) return OF_CLIENTS;
  return BY_METRIC.get(metric) ?? (primaryMetrics.has(metric) ? OF_PRIMARY : OF_OTHERS);
}
