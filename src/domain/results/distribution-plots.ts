/** Distributions of a metric, ready to be drawn: deciles as uplifts, densities and cumulative shares as lines. */
import type { DistributionRow } from './distribution-rows.ts';

export interface DistributionSeries {
  readonly branch: string;
  /** Ascending by parameter. */
  readonly points: readonly DistributionRow[];
}

export interface DistributionPlot {
  readonly statistic: string;
  /** `uplift`: of each branch against another; `values`: of every branch. */
  readonly kind: 'uplift' | 'values';
  readonly series: readonly DistributionSeries[];
}

/** By statistic: uplifts where there are some, otherwise the values of the branches. */
export function distributionPlots(
  rows: readonly DistributionRow[],
  { against, branches }: { readonly against: string | null; readonly branches: readonly string[] },
): DistributionPlot[] {
  const statistics = [...new Set(rows.map(({ statistic }) => statistic))].sort();
  return statistics.flatMap((statistic) => {
    const own = rows.filter((row) => row.statistic === statistic);
    const uplifts = own.filter((row) => row.comparison === 'relative_uplift' && row.against === against);
    const kind = uplifts.length > 0 ? 'uplift' : 'values';
    const shown = kind === 'uplift' ? uplifts : own.filter(({ comparison }) => comparison === null);
    const order = [...new Set([...branches, ...shown.map(({ branch }) => branch)])];
    const series = order.map((branch) => ({ branch, points: pointsOf(shown, branch) }));
    const drawn = series.filter(({ points }) => points.length > 0);
    return drawn.length === 0 ? [] : [{ statistic, kind, series: drawn }];
  });
}

/** Of rows with the same parameter the first counts. */
function pointsOf(rows: readonly DistributionRow[], branch: string): DistributionRow[] {
  const byParameter = new Map<number, DistributionRow>();
  for (const row of rows) {
    if (row.branch === branch && row.point !== null && !byParameter.has(row.parameter)) {
      byParameter.set(row.parameter, row);
    }
  }
  return [...byParameter.values()].sort((a, b) => a.parameter - b.parameter);
}
