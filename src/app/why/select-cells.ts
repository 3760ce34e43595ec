/** The part of a trace that was asked for. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import type { TraceCell } from '../../domain/trace/cell.ts';
import type { WhyRequest } from '../../domain/trace/explanation.ts';
import type { PromisedResults } from './promised-results.ts';

type Promised = Pick<PromisedResults, 'experiment' | 'metrics' | 'definedMetrics'>;

/** The periods to look at. Throws METRIC_UNKNOWN if the metric is expected in none of them. */
export function selectedPeriods(
  { period, metric }: WhyRequest,
  promised: Promised,
  clientsMetric: string,
): AnalysisPeriod[] {
  const asked = ANALYSIS_PERIODS.filter((candidate) => period === undefined || candidate === period);
  const isExpectedIn = (candidate: AnalysisPeriod): boolean => {
    const metrics = promised.metrics.get(candidate) ?? [];
    if (metric === undefined || metric === clientsMetric) return metrics.length > 0;
    return metrics.some(({ name }) => name === metric);
  };
  const periods = asked.filter(isExpectedIn);
  if (metric !== undefined && periods.length === 0) {
    throw unexpectedMetric(metric, promised, ANALYSIS_PERIODS.filter(isExpectedIn));
  }
  return periods;
}

export function selectCells(cells: readonly TraceCell[], { period, metric }: WhyRequest): TraceCell[] {
  return cells.filter(
    (cell) => (period === undefined || cell.period === period) && (metric === undefined || cell.metric === metric),
  );
}

function unexpectedMetric(
  metric: string,
  { experiment: { slug }, metrics, definedMetrics }: Promised,
  elsewhere: readonly AnalysisPeriod[],
): ContrailError {
  const names = [...metrics.values()].flat().map(({ name }) => name);
  const details = (hint: string) => ({ subject: metric, hint });
  if (elsewhere.length > 0) {
    const text = `The metric ${quote(metric)} of ${slug} is not configured for that period.`;
    return new ContrailError('METRIC_UNKNOWN', text, details(`It is expected in ${elsewhere.join(', ')}.`));
  }
  if (definedMetrics.has(metric)) {
    return new ContrailError(
      'METRIC_UNKNOWN',
      `The metric ${quote(metric)} is defined in metric-hub, but no list of ${slug} names it, so it is not computed.`,
      details(`Add it to a list in [metrics] of jetstream/${slug}.toml, for example \`weekly\` or \`overall\`.`),
    );
  }
  const hint = `${didYouMean(metric, [...names, ...definedMetrics])}\`contrail why ${slug} --json\` lists all its metrics.`;
  return new ContrailError('METRIC_UNKNOWN', `${slug} has no metric ${quote(metric)}.`, details(hint));
}
