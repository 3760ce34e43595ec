/** The trace of an experiment for its page: the strip, and the reasons with links. */
import type { AnalysisPeriod } from '../../../domain/analysis-period.ts';
import { groupBy } from '../../../domain/group-by.ts';
import type { Explanation } from '../../../domain/trace/explanation.ts';
import { countCells, type StepCount, traceHeadline, traceSteps } from '../../../domain/trace/headline.ts';
import { type LostGroup, lostGroups } from '../../../domain/trace/lost-groups.ts';
import type { ReasonFacts } from '../../../domain/trace/reason-text.ts';
import { statisticsObjectName } from '../../../domain/statistics-name.ts';

export interface TraceView {
  readonly headline: string;
  readonly steps: readonly StepCount[];
  /** Results that are due and not shown. */
  readonly groups: readonly LinkedGroup[];
  readonly notDue: readonly NotDueGroup[];
}

export interface NotDueGroup {
  readonly periods: readonly AnalysisPeriod[];
  readonly results: number;
  readonly why: string;
  readonly next: string;
}

export interface LinkedGroup extends LostGroup {
  readonly links: readonly GroupLink[];
}

export interface GroupLink {
  readonly text: string;
  readonly to: 'errors' | 'runs' | 'file';
  /** Only of errors: a single metric. */
  readonly metric?: string;
  /** Only of files: the name of the object. */
  readonly object?: string;
}

export function factsOf({ experiment, failedExports, rebuilding }: Explanation): ReasonFacts {
  return { slug: experiment, failedExports, rebuilding };
}

export function traceView(explanation: Explanation): TraceView {
  const counts = countCells(explanation.cells);
  const groups = lostGroups(explanation.cells, factsOf(explanation));
  return {
    headline: explanation.cells.length === 0 ? 'no results are expected' : traceHeadline(counts),
    steps: traceSteps(counts),
    groups: inOrder(groups).map((group) => ({ ...group, links: linksOf(group, explanation.experiment) })),
    notDue: notDueGroups(groups),
  };
}

/** Those that somebody can do most about come first. */
function inOrder(groups: readonly LostGroup[]): LostGroup[] {
  return URGENCY.flatMap((step) => groups.filter(({ lost }) => lost === step));
}

const URGENCY = ['published', 'computed', 'shown'] as const;

/** Results that are not due, of all periods with the same reason together. */
function notDueGroups(groups: readonly LostGroup[]): NotDueGroup[] {
  const byReason = groupBy(
    groups.filter(({ lost }) => lost === 'due'),
    ({ why, next }) => JSON.stringify([why, next]),
  );
  return [...byReason.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const results = alike.reduce((sum, { cells }) => sum + cells.length, 0);
    return [{ periods: alike.map(({ period }) => period), results, why: first.why, next: first.next }];
  });
}

/** What proves the reason: log rows for what was not computed, runs and the file for what was not published or drawn. */
function linksOf({ lost, period, cells }: LostGroup, slug: string): GroupLink[] {
  const file = { text: 'Published file', to: 'file', object: statisticsObjectName(slug, period) } as const;
  const hasNoFile = cells.some(({ reason }) => reason === 'no_file');
  switch (lost) {
    case 'due':
      return [];
    case 'computed': {
      const isFailure = cells.some(({ reason }) => reason.startsWith('failed:'));
      const [metric, another] = new Set(cells.map((cell) => cell.metric));
      const ofOne = isFailure && metric !== undefined && another === undefined ? { metric } : {};
      return [{ text: 'Log rows', to: 'errors', ...ofOne }];
    }
    case 'published':
      return [{ text: 'Runs', to: 'runs' }, ...(hasNoFile ? [] : [file])];
    case 'shown':
      return [
        file,
        ...(cells.some(({ reason }) => reason === 'error_first') ? [{ text: 'Log rows', to: 'errors' } as const] : []),
      ];
  }
}
