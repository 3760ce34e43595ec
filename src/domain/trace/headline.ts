/** The trace of an experiment in one line. */
import { TRACE_STEPS, type TraceCell, type TraceStep } from './cell.ts';

/** How many cells were lost where. The cells that are due, or were computed all the same, are expected. */
export interface TraceCounts {
  readonly expected: number;
  readonly shown: number;
  readonly notDue: number;
  readonly notComputed: number;
  /** Lost on the way to the file, because every row of the cell breaks a rule. */
  readonly refused: number;
  /** Lost on the way to the file for another reason. */
  readonly notPublished: number;
  readonly notDrawn: number;
}

export function countCells(cells: readonly TraceCell[]): TraceCounts {
  const count = (isCounted: (cell: TraceCell) => boolean): number => cells.filter(isCounted).length;
  const isRefused = (cell: TraceCell): boolean => cell.lost === 'published' && cell.reason.startsWith('refused:');
  const notDue = count(({ lost }) => lost === 'due');
  return {
    expected: cells.length - notDue,
    shown: count(({ lost }) => lost === null),
    notDue,
    notComputed: count(({ lost }) => lost === 'computed'),
    refused: count(isRefused),
    notPublished: count((cell) => cell.lost === 'published' && !isRefused(cell)),
    notDrawn: count(({ lost }) => lost === 'shown'),
  };
}

export interface StepCount {
  readonly step: 'configured' | TraceStep;
  /** Cells that passed the step. */
  readonly left: number;
  readonly lost: number;
}

/** How many cells passed each step, and how many were lost there. */
export function traceSteps(counts: TraceCounts): StepCount[] {
  const { notDue, notComputed, refused, notPublished, notDrawn } = counts;
  const lostAt = { due: notDue, computed: notComputed, published: refused + notPublished, shown: notDrawn };
  let left = counts.expected + notDue;
  const configured = { step: 'configured' as const, left, lost: 0 };
  const steps = TRACE_STEPS.map((step) => {
    left -= lostAt[step];
    return { step, left, lost: lostAt[step] };
  });
  return [configured, ...steps];
}

/** `42 expected, 37 shown; 3 not computed, 1 refused, 1 not drawn; 8 not due`, without what is zero after `shown`. */
export function traceHeadline(counts: TraceCounts): string {
  const losses = [
    [counts.notComputed, 'not computed'],
    [counts.refused, 'refused'],
    [counts.notPublished, 'not published'],
    [counts.notDrawn, 'not drawn'],
  ] as const;
  const lost = losses.filter(([cells]) => cells > 0).map(([cells, words]) => `${cells} ${words}`);
  const undue = counts.notDue > 0 ? [`${counts.notDue} not due`] : [];
  const parts = [
    `${counts.expected} expected, ${counts.shown} shown`,
    ...(lost.length > 0 ? [lost.join(', ')] : []),
    ...undue,
  ];
  return parts.join('; ');
}
