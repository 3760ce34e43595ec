/** The results of metrics in one window: a line for each branch that is compared, with its reading. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { FEW_CLIENTS } from './client-counts.ts';
import { consoleArrow, consoleDifference, type ConsoleReading, significanceOf } from './console-reading.ts';
import { consoleReader, type ConsoleViewInputs, drawnOf, isArrowLost, type ViewedStatistic } from './console-view.ts';
import { isNotable, movementOf, type Reading, readingOf } from './reading.ts';
import { type MetricText, metricText } from './results-facts.ts';
import type { Estimate } from './results-index.ts';
import type { ShownRows } from './shown-rows.ts';
import { gatherResults, type GatheredResults, type StatisticResults } from './statistic-results.ts';

/** Larger uplifts are usually mistakes. */
const VERY_LARGE_UPLIFT = 0.5;

export const RESULT_LABELS = ['few clients', 'very large, check'] as const;
export type ResultLabel = (typeof RESULT_LABELS)[number];

/** A branch compared with another one. */
export interface ResultLine {
  readonly branch: string;
  readonly against: string | null;
  /** As a share: 0.1 is 10%. */
  readonly uplift: Estimate | null;
  readonly difference: Estimate | null;
  /** The value of the branch itself. */
  readonly absolute: Estimate | null;
  readonly reading: Reading;
  readonly consoleReading: ConsoleReading;
  /** What the console says where it says something else. */
  readonly consoleDiffers: string | null;
  readonly labels: readonly ResultLabel[];
}

/** One statistic of a metric. */
export interface MetricResult extends MetricText, ViewedStatistic {
  readonly lines: readonly ResultLine[];
  /** The value of the branch that others are compared with. */
  readonly baseline: Estimate | null;
  readonly isNotable: boolean;
  /** What is odd about the console's arrow for this metric. */
  readonly arrowNote: string | null;
}

export interface MetricInputs extends ConsoleViewInputs {
  /** This statistic of every metric that has it, instead of those that the console draws. */
  readonly statistic?: string | undefined;
  /** This metric alone. */
  readonly metric?: string | undefined;
}

/** In no order. Metrics that have none of the statistics are left out. */
export function metricResults({ rows, sources }: ShownRows, inputs: MetricInputs): MetricResult[] {
  const { choice, facts, rules, metric: only } = inputs;
  const gathered = gatherResults(rows);
  const few = branchesWithFewClients(gathered, rules.clientsMetric);
  const branches = branchOrder(
    rows,
    facts.branches.map(({ slug }) => slug),
  );
  const results: MetricResult[] = [];
  for (const [metric, statistics] of gathered) {
    if (metric === rules.clientsMetric || (only !== undefined && metric !== only)) continue;
    const source = sources.get(metric) ?? choice.period;
    for (const statistic of wantedStatistics(metric, source, inputs)) {
      const found = statistics.get(statistic);
      if (found !== undefined)
        results.push(metricResult(found, { metric, statistic, source }, { inputs, branches, few }));
    }
  }
  return results;
}

function wantedStatistics(metric: string, source: AnalysisPeriod, inputs: MetricInputs): readonly string[] {
  return inputs.statistic === undefined ? drawnOf(metric, source, inputs) : [inputs.statistic];
}

/** Those of the record first, then others as they come in the file. */
function branchOrder(rows: ShownRows['rows'], recorded: readonly string[]): readonly string[] {
  return [...new Set([...recorded, ...rows.map(({ branch }) => branch)])];
}

function branchesWithFewClients(gathered: GatheredResults, clientsMetric: string): (branch: string) => boolean {
  const counted = gathered.get(clientsMetric)?.get('count');
  return (branch) => (counted?.absolute(branch)?.point ?? Infinity) < FEW_CLIENTS;
}

function metricResult(
  found: StatisticResults,
  names: Pick<ViewedStatistic, 'metric' | 'statistic' | 'source'>,
  {
    inputs,
    branches,
    few,
  }: {
    readonly inputs: MetricInputs;
    readonly branches: readonly string[];
    readonly few: (branch: string) => boolean;
  },
): MetricResult {
  const { choice, facts } = inputs;
  const text = metricText(names.metric, facts);
  const viewed = { ...names, window: found.window };
  const read = consoleReader(viewed, inputs);
  const lines = branches
    .filter((branch) => branch !== choice.against)
    .map((branch) => resultLine(found, branch, { against: choice.against, text, read, few }))
    .filter(({ uplift, difference, absolute }) => (uplift ?? difference ?? absolute) !== null);
  return {
    ...text,
    ...viewed,
    lines,
    baseline: choice.against === null ? null : found.absolute(choice.against),
    isNotable: lines.some(({ reading }) => isNotable(reading)),
    arrowNote: arrowNote(lines, isArrowLost(viewed, inputs)),
  };
}

function resultLine(
  found: StatisticResults,
  branch: string,
  {
    against,
    text,
    read,
    few,
  }: {
    readonly against: string | null;
    readonly text: MetricText;
    readonly read: (difference: Estimate | null) => ConsoleReading;
    readonly few: (branch: string) => boolean;
  },
): ResultLine {
  const uplift = against === null ? null : found.uplift(branch, against);
  const difference = against === null ? null : found.difference(branch, against);
  const movement = movementOf(difference, uplift);
  const reading = readingOf(movement, text.biggerIsBetter);
  const consoleReading = read(difference);
  const isLarge = Math.abs(uplift?.point ?? 0) > VERY_LARGE_UPLIFT;
  const isFew = few(branch) || (against !== null && few(against));
  return {
    branch,
    against,
    uplift,
    difference,
    absolute: found.absolute(branch),
    reading,
    consoleReading,
    consoleDiffers: consoleDifference({ reading, movement }, consoleReading),
    labels: RESULT_LABELS.filter((label) => (label === 'few clients' ? isFew : isLarge)),
  };
}

function arrowNote(lines: readonly ResultLine[], isLost: boolean): string | null {
  const isRead = lines.every(
    ({ consoleReading }) => !['unavailable', 'not drawn', 'not read'].includes(consoleReading),
  );
  const significances = lines.map(({ difference }) => significanceOf(difference));
  const hasChange = significances.some((significance) => significance === 'positive' || significance === 'negative');
  if (!isRead || !hasChange) return null;
  if (isLost) return 'the console’s arrow for the metric stays neutral, because a window before this one is missing';
  const isContradicted = consoleArrow(significances) === 'positive' && significances.includes('negative');
  return isContradicted ? 'the console’s arrow for the metric points up, although one branch decreased' : null;
}
