/** The cells that the configuration promises, in the order of the trace. */
import { ANALYSIS_PERIODS } from '../analysis-period.ts';
import type { CellKey } from './cell.ts';
import { ANALYSIS_BASES, type TracedMetric, type TraceInputs } from './inputs.ts';

const ALL_CLIENTS = 'all';

/** Periods, then metrics as configured with the client counts last, then bases and segments; each cell once. */
export function expectedCells({ experiment, metrics, rules }: TraceInputs): CellKey[] {
  const segments = [...new Set([ALL_CLIENTS, ...experiment.segments])];
  return ANALYSIS_PERIODS.flatMap((period) =>
    metricsOf(metrics.get(period) ?? [], rules.clientsMetric).flatMap(({ name, bases }) =>
      ANALYSIS_BASES.filter((basis) => bases.includes(basis)).flatMap((basis) =>
        segments.map((segment) => ({ period, metric: name, basis, segment })),
      ),
    ),
  );
}

/** The first of each name, then the client counts, with every basis that a metric uses. */
function metricsOf(listed: readonly TracedMetric[], clientsMetric: string): TracedMetric[] {
  if (listed.length === 0) return [];
  const names = new Map<string, TracedMetric>();
  for (const metric of listed) {
    if (metric.name !== clientsMetric && !names.has(metric.name)) names.set(metric.name, metric);
  }
  return [...names.values(), { name: clientsMetric, bases: listed.flatMap(({ bases }) => bases) }];
}
