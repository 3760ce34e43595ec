/** How the uplift of a metric went from window to window, a series for each branch. */
import type { ResultsChoice, ResultsIndexes } from './choose-results.ts';
import type { MetricResult } from './metric-results.ts';
import type { Estimate } from './results-index.ts';

export interface WindowPoint {
  readonly window: number;
  /** null: the window has no row. */
  readonly uplift: Estimate | null;
}

export interface WindowSeries {
  readonly branch: string;
  /** Every window from the first to the last of the metric, holes included. */
  readonly points: readonly WindowPoint[];
}

export interface MetricSeries {
  readonly result: MetricResult;
  readonly series: readonly WindowSeries[];
}

/** More windows than anybody can look at; the newest are shown. */
const MOST_WINDOWS = 400;

/** Undefined if the metric has fewer than two windows, or nothing to compare with. */
export function metricSeries(
  result: MetricResult,
  { choice, indexes }: { readonly choice: ResultsChoice; readonly indexes: ResultsIndexes },
): MetricSeries | undefined {
  const { metric, statistic, source, lines } = result;
  const { basis, segment, against } = choice;
  const uplifts = new Map<string, Map<number, Estimate>>(lines.map(({ branch }) => [branch, new Map()]));
  for (const row of indexes.get(source)?.rows({ basis, segment, metric }) ?? []) {
    const isWanted = row.statistic === statistic && row.comparison === 'relative_uplift' && row.against === against;
    const known = uplifts.get(row.branch);
    if (isWanted && known !== undefined && row.window !== null && !known.has(row.window)) known.set(row.window, row);
  }
  const windows = spanOf([...uplifts.values()].flatMap((known) => [...known.keys()]));
  if (windows.length < 2) return undefined;
  const series = [...uplifts].map(([branch, known]) => ({
    branch,
    points: windows.map((window) => ({ window, uplift: estimateOf(known.get(window)) })),
  }));
  return { result, series: series.filter(({ points }) => points.some(({ uplift }) => uplift !== null)) };
}

function spanOf(windows: readonly number[]): number[] {
  if (windows.length === 0) return [];
  const last = windows.reduce((a, b) => Math.max(a, b));
  const first = Math.max(
    windows.reduce((a, b) => Math.min(a, b)),
    last - MOST_WINDOWS + 1,
  );
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function estimateOf(row: Estimate | undefined): Estimate | null {
  if (row === undefined) return null;
  const { point, lower, upper, ciWidth } = row;
  return { point, lower, upper, ciWidth };
}
