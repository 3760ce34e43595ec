/** All that the results section of an experiment shows; page, CSV and JSON are made from it (spec: pages, section 4). */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../analysis-period.ts';
import type { ConsoleRules } from '../console-rules.ts';
import { ANALYSIS_BASES, type AnalysisBasis } from '../trace/inputs.ts';
import { chooseResults, type ResultsChoice, type ResultsIndexes, type ResultsWish } from './choose-results.ts';
import { type ClientCounts, clientCounts } from './client-counts.ts';
import { metricResults, type MetricResult } from './metric-results.ts';
import { groupResults, type ResultGroup, resultsOfGroup } from './result-groups.ts';
import type { ResultsFacts } from './results-facts.ts';
import { shownRows, type ShownRows } from './shown-rows.ts';
import { gatherResults } from './statistic-results.ts';

/** What the parameters of the page and of the API ask for. */
export interface ResultsRequest extends ResultsWish {
  readonly show?: 'all' | 'changes' | undefined;
  readonly metric?: string | undefined;
  /** A statistic. */
  readonly stat?: string | undefined;
  /** A group of metrics. */
  readonly outcome?: string | undefined;
}

export interface ResultsInputs {
  readonly indexes: ResultsIndexes;
  readonly facts: ResultsFacts;
  readonly rules: ConsoleRules;
}

/** Values that have rows, the other choices left as they are. */
export interface ResultsChoices {
  readonly periods: readonly AnalysisPeriod[];
  readonly windows: readonly number[];
  /** Windows without rows between those that have some. */
  readonly holes: readonly number[];
  readonly segments: readonly string[];
  readonly bases: readonly AnalysisBasis[];
  readonly against: readonly string[];
  readonly statistics: readonly string[];
}

export interface ExperimentResults {
  readonly choice: ResultsChoice;
  readonly choices: ResultsChoices;
  readonly clients: ClientCounts | undefined;
  readonly groups: readonly ResultGroup[];
  /** Metrics with rows, none of them of a statistic that is shown, with the statistics that they have. */
  readonly undrawn: readonly { readonly metric: string; readonly statistics: readonly string[] }[];
  /** Branches of the record without any row in this window. */
  readonly absentBranches: readonly string[];
}

/** Undefined if no file can be read. */
export function experimentResults(request: ResultsRequest, inputs: ResultsInputs): ExperimentResults | undefined {
  const { facts, rules, indexes } = inputs;
  const wished = chooseResults(request, { indexes, facts, clientsMetric: rules.clientsMetric });
  if (wished === undefined) return undefined;
  const shown = shownRows(wished, inputs);
  const against = branchesComparedWith(shown);
  // Without a reference branch in the record, the one that most rows are compared with.
  const choice = { ...wished, against: wished.against ?? against[0] ?? null };
  const view = { ...inputs, choice, statistic: request.stat, metric: request.metric };
  const results = metricResults(shown, view);
  const branches = facts.branches.length > 0 ? facts.branches : branchesOf(shown);
  return {
    choice,
    choices: choicesOf(choice, shown, { against, indexes }),
    clients: clientCounts(gatherResults(shown.rows), { branches, clientsMetric: rules.clientsMetric }),
    groups: groupsFor(request, results, inputs),
    undrawn: undrawnMetrics(shown, results, { request, rules }),
    absentBranches: facts.branches
      .map(({ slug }) => slug)
      .filter((slug) => shown.rows.length > 0 && !shown.rows.some(({ branch }) => branch === slug)),
  };
}

/** Lines of all groups, in the order of the page. */
export function resultsOf({ groups }: Pick<ExperimentResults, 'groups'>): MetricResult[] {
  return groups.flatMap(({ metrics }) => metrics);
}

function groupsFor(
  { show, outcome }: ResultsRequest,
  results: readonly MetricResult[],
  inputs: ResultsInputs,
): readonly ResultGroup[] {
  const wanted = show === 'changes' ? results.filter(({ isNotable }) => isNotable) : results;
  if (outcome === undefined) return groupResults(wanted, inputs);
  const group = resultsOfGroup(wanted, outcome, inputs);
  return group === undefined || group.metrics.length === 0 ? [] : [group];
}

/** Most compared first. */
function branchesComparedWith({ rows }: ShownRows): string[] {
  const counts = new Map<string, number>();
  for (const { comparison, against } of rows) {
    if (comparison !== null && against !== null) counts.set(against, (counts.get(against) ?? 0) + 1);
  }
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)).map(([branch]) => branch);
}

function branchesOf({ rows }: ShownRows) {
  return [...new Set(rows.map(({ branch }) => branch))].sort().map((slug) => ({ slug, ratio: null }));
}

function choicesOf(
  { period, basis, segment }: ResultsChoice,
  { rows }: ShownRows,
  { against, indexes }: { readonly against: readonly string[]; readonly indexes: ResultsIndexes },
): ResultsChoices {
  const index = indexes.get(period);
  const place = { basis, segment };
  const windows = (index?.windows(place) ?? []).filter((window) => window !== null);
  return {
    periods: ANALYSIS_PERIODS.filter((candidate) => indexes.get(candidate)?.hasRows(place) === true),
    windows,
    holes: holesOf(windows),
    segments: index?.segments(basis) ?? [],
    bases: ANALYSIS_BASES.filter((basis) => index?.hasRows({ basis, segment }) === true),
    against: against.toSorted(),
    statistics: [...new Set(rows.map(({ statistic }) => statistic))].sort(),
  };
}

/** From 1 on, or from the first window if that comes before; at most a hundred are named. */
function holesOf(windows: readonly number[]): number[] {
  const known = new Set(windows);
  const [first, last] = [Math.min(1, windows[0] ?? 1), windows.at(-1) ?? 0];
  const holes: number[] = [];
  for (let window = first; window < last && holes.length < MOST_HOLES; window++) {
    if (!known.has(window)) holes.push(window);
  }
  return holes;
}

const MOST_HOLES = 100;

function undrawnMetrics(
  { rows }: ShownRows,
  results: readonly MetricResult[],
  { request, rules }: { readonly request: ResultsRequest; readonly rules: ConsoleRules },
) {
  const drawn = new Set(results.map(({ metric }) => metric));
  return [...gatherResults(rows)]
    .filter(([metric]) => !drawn.has(metric) && metric !== rules.clientsMetric)
    .filter(([metric]) => request.metric === undefined || metric === request.metric)
    .map(([metric, statistics]) => ({ metric, statistics: [...statistics.keys()].sort() }))
    .sort((a, b) => (a.metric < b.metric ? -1 : 1));
}
