/** What the console makes of the rows of a metric, besides their significance (spec: pages, C4, C12 and C13). */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { type ConsoleRules, isReadPeriod } from '../console-rules.ts';
import { drawnStatistics } from '../trace/drawn-statistic.ts';
import { FirstWindow } from '../trace/first-window.ts';
import { branchWithoutBounds } from '../trace/step-shown.ts';
import { usedWindow } from '../trace/travel.ts';
import type { ResultsChoice, ResultsIndexes } from './choose-results.ts';
import { type ConsoleReading, significanceOf } from './console-reading.ts';
import { primaryMetricsOf, type ResultsFacts } from './results-facts.ts';
import type { Estimate } from './results-index.ts';

export interface ConsoleViewInputs {
  readonly choice: ResultsChoice;
  readonly indexes: ResultsIndexes;
  readonly facts: ResultsFacts;
  readonly rules: ConsoleRules;
}

/** One statistic of a metric, and where its rows come from. */
export interface ViewedStatistic {
  readonly metric: string;
  readonly statistic: string;
  /** The period whose file has the rows. */
  readonly source: AnalysisPeriod;
  readonly window: number | null;
}

/** The statistics of a metric that the console draws; those of all windows of the group count. */
export function drawnOf(metric: string, source: AnalysisPeriod, { choice, indexes, facts, rules }: ConsoleViewInputs) {
  const statistics = indexes.get(source)?.catalogue(choice).get(metric) ?? new Map<string, unknown>();
  return drawnStatistics(metric, statistics, { primaryMetrics: primaryMetricsOf(facts), rules });
}

/** How the console reads the difference of any branch, decided for a statistic as a whole. */
export function consoleReader(
  viewed: ViewedStatistic,
  inputs: ConsoleViewInputs,
): (difference: Estimate | null) => ConsoleReading {
  const fixed = fixedReading(viewed, inputs);
  return (difference) => fixed ?? significanceOf(difference);
}

function fixedReading(viewed: ViewedStatistic, inputs: ConsoleViewInputs): ConsoleReading | undefined {
  const { metric, source, window } = viewed;
  const { choice, rules } = inputs;
  if (!isReadPeriod(choice.period)) return 'not read';
  const used = usedWindow(source, metric, rules);
  const isReplaced = used !== undefined && used !== window;
  if (isReplaced || !drawnOf(metric, source, inputs).includes(viewed.statistic)) return 'not drawn';
  if (isUnavailable(viewed, inputs)) return 'unavailable';
  const isLookedUpElsewhere = choice.period === 'overall' && rules.windowedOverallMetrics.includes(metric);
  return isLookedUpElsewhere && window !== 1 ? 'unknown' : undefined;
}

/** C13: by the first window of the period, or by an error of the metric in this group. */
function isUnavailable(viewed: ViewedStatistic, { choice, indexes, facts, rules }: ConsoleViewInputs): boolean {
  const { metric, statistic, source } = viewed;
  const error = facts.firstErrors.get(metric);
  if (error?.basis === choice.basis && error.segment === choice.segment) return true;
  const index = indexes.get(source);
  const windows = index?.catalogue(choice).get(metric)?.get(statistic) ?? [];
  const used = usedWindow(source, metric, rules);
  const lowest = used ?? windows.find((window) => window !== null);
  if (index === undefined || lowest === undefined || lowest === null) return false;
  const first = new FirstWindow();
  const { basis, segment } = choice;
  for (const row of index.rows({ basis, segment, metric, window: lowest })) {
    if (row.statistic !== statistic) continue;
    const { ciWidth, against, ...rest } = row;
    const names = { comparison_to_branch: against, segment, analysis_basis: basis, parameter: null, ci_width: ciWidth };
    first.add({ ...rest, ...names }, lowest);
  }
  const branches = facts.branches.map(({ slug }) => slug);
  const experiment = { branches, referenceBranch: choice.against };
  return branchWithoutBounds({ metric }, first, { experiment }) !== undefined;
}

/**
 * C12: for its arrow the console looks up the window whose number is the count of windows. Where one is missing it finds
 * nothing, and the arrow stays neutral.
 */
export function isArrowLost({ metric, statistic, source }: ViewedStatistic, inputs: ConsoleViewInputs): boolean {
  const { choice, indexes, rules } = inputs;
  const used = usedWindow(source, metric, rules);
  const windows = (indexes.get(source)?.catalogue(choice).get(metric)?.get(statistic) ?? []).filter(
    (window) => window !== null && (used === undefined || window === used),
  );
  return choice.period !== 'overall' && !windows.includes(windows.length);
}
