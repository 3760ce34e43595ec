/** The trace of an experiment for its page: the strip, and the reasons with links. */
import type { Explanation } from '../../../domain/trace/explanation.ts';
import { countCells, type StepCount, traceHeadline, traceSteps } from '../../../domain/trace/headline.ts';
import { type LostGroup, lostGroups } from '../../../domain/trace/lost-groups.ts';
import type { ReasonFacts } from '../../../domain/trace/reason-text.ts';
import { statisticsObjectName } from '../../../domain/statistics-name.ts';

export interface TraceView {
  readonly headline: string;
  readonly steps: readonly StepCount[];
  readonly groups: readonly LinkedGroup[];
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
    groups: groups.map((group) => ({ ...group, links: linksOf(group, explanation.experiment) })),
  };
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
